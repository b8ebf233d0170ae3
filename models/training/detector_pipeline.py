"""One training of the detector from end to end. ``chiaro train detector`` calls it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch

from calibration.errors import BadFile, BadInput, NotEquivalent
from calibration.progress import Progress
from models.arrays import Gray
from models.darkroom.face_bank import FROM_EDGES, FaceBank
from models.darkroom.heads import Head
from models.darkroom.rendered import TRAINING_SEED, RenderedHeads, rendered_heads, write_heads
from models.darkroom.rooms import RoomBank
from models.darkroom.scenes import SceneSource
from models.dataset.table import cache_of
from models.evaluation.dataset import LabelledFaces, read_faces
from models.lighting.relight import training_lamps
from models.rendering.mesh import read_mesh
from models.seeing.one_shot import OneShot, second_of
from models.training.detector_batches import SIDE, SceneBatches
from models.training.detector_config import DetectorTraining
from models.training.detector_export import add_second_look, export_detector, load_detector, quantize_detector
from models.training.detector_training import CHECKPOINT, DetectorRun, train_detector
from models.training.device_graphs import make_device_graphs
from models.training.second_look import SCENES, SECOND_CHECKPOINT, FoundFaces, SecondLookRun, train_second_look
from models.training.validation import cached_landmarks

ROOMS, PEOPLE, CALIBRATION_PICTURES = 120, 250, 96
AS_PHOTOGRAPHED = 0.3
"""Of the faces, so many are not under a drawn lamp: a bright room's light comes from everywhere."""
QUICK_ROOMS, QUICK_PEOPLE, QUICK_LAMPS = 16, 12, 24


def run_detector_training(config: DetectorTraining, progress: Progress) -> list[str]:
    """Train and export what ``config`` says; lines for people about what was written.

    The second look learns from what the exported detector finds, right or wrong: without an export there is none.

    A stopped training goes on when it is asked for again. Raises ``BadFile`` for faces, mesh or checkpoint that cannot
    be used, ``BadInput`` for a GPU that is not there.
    """
    there = torch.cuda.is_available()
    if config.device.startswith("cuda") and not there:
        raise BadInput("PyTorch finds no GPU that it can use; use --device cpu", where=f"--device {config.device}")
    preset = config.hyperparameters
    cv2.setNumThreads(1)
    progress("reading faces", 0.0)
    faces = read_faces(config.faces)
    fingerprint = faces.fingerprint()[:16]
    run = DetectorRun(preset, config.folder, config.device or ("cuda" if there else "cpu"), fingerprint)
    run.resume()
    source = scene_source(config, faces, run.step, progress)
    train_detector(run, SceneBatches(source, preset, run.step).loader(), progress)
    if not config.export:
        return [f"{config.folder / CHECKPOINT}: step {run.step}"]
    facts: dict[str, object] = {
        "version": config.version,
        "trained_with": f"{fingerprint} preset {config.preset} steps {run.step}",
    }
    export_detector(load_detector(config.folder / CHECKPOINT), config.export, facts)
    int8 = config.export.with_suffix(".int8.onnx")
    quantize_detector(config.export, int8, calibration_pictures(source), facts)
    looks = SecondLookRun(config.folder / SECOND_CHECKPOINT, preset.second_look_steps)
    looks.resume()
    found = FoundFaces(source.with_config(SCENES), OneShot(1, path=int8), np.random.default_rng((13, looks.step)))
    train_second_look(looks, found, progress)
    add_second_look(looks.trained, (config.export, int8), found.some(CALIBRATION_PICTURES))
    written = (config.export, int8, second_of(int8))
    return [*(f"{path}: {path.stat().st_size // 1000} kB" for path in written), _export_for_gpus(int8)]


def _export_for_gpus(path: Path) -> str:
    try:
        made, off = make_device_graphs(path)
    except NotEquivalent as error:
        return f"for GPUs: not kept: {error}"
    return f"for GPUs: {', '.join(str(one) for one in made)}, {off}"


def scene_source(config: DetectorTraining, faces: LabelledFaces, first_step: int, progress: Progress) -> SceneSource:
    """What scenes are drawn from.

    Landmarks, lamps and heads take minutes: they are kept beside the run's folder.
    """
    cache, quick = config.folder.parent, config.preset == "quick"
    own = cache_of(config.faces, cache)
    landmarks, found = cached_landmarks(faces, own, partial(progress, "landmarks of the faces"))
    sure = np.flatnonzero(found & (faces.vote_shares.sum(axis=1) > 0))
    if not len(sure):
        raise BadFile(config.faces, ["in none of its pictures a face was found"])
    progress("computing lamps", 0.0)
    lamps = training_lamps(count=QUICK_LAMPS if quick else 160, kept_in=cache)
    bank = FaceBank(faces.subset(sure).images, landmarks[sure] - FROM_EDGES, lamps, AS_PHOTOGRAPHED)
    rng = np.random.default_rng((3, first_step))
    rooms = RoomBank(QUICK_ROOMS if quick else ROOMS, rng, bank.images)
    return SceneSource(bank, rooms, rendered=_heads(config, QUICK_PEOPLE if quick else PEOPLE, progress))


def _heads(config: DetectorTraining, count: int, progress: Progress) -> Sequence[Head]:
    if not config.mesh:
        return ()
    path = config.folder.parent / f"heads-{count}.npz"
    if not path.is_file():
        progress("computing heads", 0.0)
        write_heads(path, rendered_heads(read_mesh(config.mesh), count, TRAINING_SEED))
    return RenderedHeads(path)


def calibration_pictures(source: SceneSource) -> list[Gray]:
    """Pictures from which the ranges of the int8 file are taken."""
    rng = np.random.default_rng(11)
    return [source.seen(source.draw(SIDE, SIDE, rng), rng)[0] for _ in range(CALIBRATION_PICTURES)]
