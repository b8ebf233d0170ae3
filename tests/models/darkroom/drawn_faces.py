"""Faces drawn by hand, so that rooms can be filled with people without any photograph."""

import cv2
import numpy as np

from models.darkroom.face_bank import FaceBank
from models.darkroom.rooms import RoomBank
from models.darkroom.scenes import SceneConfig, SceneSource
from models.lighting.relight import Lamp, LampBank, read_face_maps
from models.seeing.align import SIDE, TEMPLATE


def drawn_faces(lamps: bool = False) -> FaceBank:
    """Two faces of a few strokes, their landmarks on the template."""
    images = []
    for skin in (120, 200):
        image = np.full((SIDE, SIDE), skin, np.uint8)
        for x, y in TEMPLATE[:2]:
            cv2.circle(image, (round(float(x)), round(float(y))), 4, 20, -1)
        cv2.line(image, (31, 28), (31, 38), skin - 60, 3)
        cv2.line(image, (21, 50), (42, 50), 40, 4)
        images.append(image)
    bank = LampBank(read_face_maps("bench").first(1), [Lamp(0, 60, 5)]) if lamps else None
    return FaceBank(images, np.stack([TEMPLATE, TEMPLATE]), bank)


def drawn_scenes(config: SceneConfig | None = None) -> SceneSource:
    """People with these faces in two drawn rooms."""
    return SceneSource(drawn_faces(), RoomBank(2, np.random.default_rng(1)), config)
