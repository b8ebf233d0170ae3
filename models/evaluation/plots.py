"""Pictures of figures, drawn with OpenCV so that no plotting package is needed at the venue."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from calibration.errors import BadFile
from calibration.file_writer import write_over
from models.arrays import Gray, Image
from models.evaluation.metrics import BINS, Scores
from models.labels import LABELS

INK, PALE, PAPER, MARK = (40, 40, 40), (255, 255, 255), 250, (160, 90, 30)


def write_png(path: Path, picture: Image) -> None:
    """Write the picture, whole or not at all. Raises ``BadFile``: OpenCV's own writing fails in silence."""
    try:
        write_over(path, cv2.imencode(".png", picture)[1].tobytes())
    except OSError as error:
        raise BadFile(path, [f"cannot be written: {error.strerror or error}"]) from error


def confusion_picture(figures: Scores) -> Gray:
    """The confusion matrix: row = true class, column = predicted class, in percent of the row."""
    cell, left, top = 76, 120, 70
    side = cell * len(LABELS)
    picture = np.full((top + side + 20, left + side + 20, 3), PAPER, np.uint8)
    shares = figures.confusion / np.maximum(figures.confusion.sum(1, keepdims=True), 1)
    for i, name in enumerate(LABELS):
        _text(picture, name, (8, top + i * cell + cell // 2 + 5))
        _text(picture, name, (left + i * cell + 2, top - 12), 0.42)
        for j in range(len(LABELS)):
            x, y = left + j * cell, top + i * cell
            share = float(shares[i, j])
            colour = tuple(int(PAPER - (PAPER - c) * share) for c in MARK)
            cv2.rectangle(picture, (x, y), (x + cell - 2, y + cell - 2), colour, -1)
            _text(picture, f"{100 * share:.0f}", (x + 22, y + 36), 0.6, PALE if share > 0.5 else INK)
            _text(picture, str(int(figures.confusion[i, j])), (x + 22, y + 58), 0.38, PALE if share > 0.5 else INK)
    _text(picture, f"n {figures.n}, accuracy {figures.accuracy:.3f}, macro-F1 {figures.macro_f1:.3f}", (8, 26), 0.55)
    return picture


def reliability_picture(figures: Scores) -> Gray:
    """How often it is right (bars) at each confidence; on the diagonal confidence means what it says."""
    side, left, top = 450, 60, 50
    picture = np.full((top + side + 60, left + side + 30, 3), PAPER, np.uint8)
    for i, (_, right, share) in enumerate(figures.reliability):
        if np.isnan(right):
            continue
        x1, x2 = (left + side * k // BINS for k in (i, i + 1))
        cv2.rectangle(picture, (x1 + 1, top + side - int(side * right)), (x2 - 1, top + side), MARK, -1)
        _text(picture, f"{100 * share:.0f}%", (x1, top + side + 16), 0.32)
    cv2.line(picture, (left, top + side), (left + side, top), INK, 1, cv2.LINE_AA)
    cv2.rectangle(picture, (left, top), (left + side, top + side), INK, 1)
    _text(picture, f"ECE {figures.ece:.3f}", (left, 30), 0.6)
    _text(picture, "confidence (below: share of the faces)", (left + 60, top + side + 42), 0.45)
    _text(picture, "correct", (4, top + side // 2), 0.45)
    return picture


def _text(
    picture: Image,
    text: str,
    at: tuple[int, int],
    size: float = 0.5,
    colour: tuple[int, int, int] = INK,
) -> None:
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, colour, 1, cv2.LINE_AA)
