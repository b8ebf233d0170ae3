"""What many build: a plain script with somebody else's face detector, and a packet for each picture.

A program of its own, with nothing of ours in it, for ``bench eye --against``: the peer may live in another Python.
``NAME find FILM`` prints milliseconds and boxes; ``NAME watch FILM RATE PORT SECONDS`` sends packets;
``NAME here`` says whether it can run. What is missing is said on standard error, with the exit code 3.
"""

from __future__ import annotations

import importlib
import json
import socket
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2

MISSING = 3
SMALLEST = 40
"""Pixels, as ours has it."""
PACKET = struct.Struct(">8s4sdi")
"""An OSC message of a double and an int: when the picture was taken (monotonic seconds), and how many faces it has."""
ADDRESS, TYPES = b"/faces\0\0", b",di\0"
Box = tuple[float, float, float, float]
"""x, y, width, height in pixels."""
Find = Callable[[Any], list[Box]]


def haar(_file: str) -> Find:
    """OpenCV's cascade, as its tutorial has it."""
    folder = getattr(getattr(cv2, "data", None), "haarcascades", "")
    path = Path(folder) / "haarcascade_frontalface_default.xml"
    if not (folder and path.is_file()):
        raise FileNotFoundError("this OpenCV ships no cascades")
    cascade = cv2.CascadeClassifier(str(path))

    def find(picture: Any) -> list[Box]:
        gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        return [_box(one) for one in cascade.detectMultiScale(gray, 1.1, 5, minSize=(SMALLEST, SMALLEST))]

    return find


def yunet(file: str) -> Find:
    """OpenCV's own reader of YuNet."""
    if not Path(file).is_file():
        raise FileNotFoundError("its file is not here: 'chiaro models get yunet' fetches it")
    network = cv2.FaceDetectorYN.create(file, "", (320, 320), 0.7)

    def find(picture: Any) -> list[Box]:
        network.setInputSize(picture.shape[1::-1])
        faces = network.detect(picture)[1]
        return [] if faces is None else [_box(one[:4]) for one in faces]

    return find


def mediapipe(_file: str) -> Find:
    """MediaPipe's face detection for the whole room, from the times in which it brought its networks along."""
    try:
        solutions = importlib.import_module("mediapipe").solutions
    except ImportError as error:
        raise FileNotFoundError(f"{error}; pip install 'mediapipe<1'") from error
    except AttributeError as error:
        raise FileNotFoundError("this version brings no networks along: pip install 'mediapipe<1'") from error
    detection = solutions.face_detection.FaceDetection(model_selection=1, min_detection_confidence=0.5)

    def find(picture: Any) -> list[Box]:
        high, wide = picture.shape[:2]
        found = detection.process(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)).detections or []
        boxes = [one.location_data.relative_bounding_box for one in found]
        return [(box.xmin * wide, box.ymin * high, box.width * wide, box.height * high) for box in boxes]

    return find


def fer(_file: str) -> Find:
    """Of the peers the one that names emotions too."""
    try:
        package = importlib.import_module("fer")
        found_in = package if hasattr(package, "FER") else importlib.import_module("fer.fer")
    except ImportError as error:
        raise FileNotFoundError(f"{error}; pip install fer") from error
    network = found_in.FER()
    return lambda picture: [_box(one["box"]) for one in network.detect_emotions(picture)]


PEERS: dict[str, Callable[[str], Find]] = {"mediapipe": mediapipe, "fer": fer, "yunet": yunet, "haar": haar}


def _box(numbers: Any) -> Box:
    x, y, width, height = (float(number) for number in numbers)
    return x, y, width, height


def find_in(find: Find, pictures: list[Any]) -> dict[str, Any]:
    """Milliseconds and boxes of each picture; the first picture warms up and is looked at twice."""
    find(pictures[0])
    taken, boxes = [], []
    for picture in pictures:
        begun = time.perf_counter()
        boxes.append(find(picture))
        taken.append((time.perf_counter() - begun) * 1000)
    return {"ms": taken, "boxes": boxes}


def watch(find: Find, film: str, rate: float, port: int, seconds: float) -> None:
    """Look at the newest picture that is due, again and again, and send what was found at once.

    The pictures come from the film as they come from a camera, and as ours gets them: each is converted when it is due.
    """
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    pictures = Film(film)
    find(pictures.at(0))
    begun, last = time.monotonic(), -1
    while (now := time.monotonic() - begun) < seconds:
        due = int(now * rate)
        if due == last:
            time.sleep(max((last + 1) / rate - now, 0.0))
            continue
        last = due
        faces = find(pictures.at(due))
        out.sendto(PACKET.pack(ADDRESS, TYPES, begun + due / rate, len(faces)), ("127.0.0.1", port))


class Film:
    """A film that begins again at its end."""

    def __init__(self, path: str) -> None:
        self._capture, self._count, self._next = cv2.VideoCapture(path), len(read(path)), 0

    def at(self, number: int) -> Any:
        """The picture of this number, BGR; those before it are passed over without being converted."""
        number %= self._count
        if number < self._next:
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            self._next = 0
        while self._next < number:
            self._capture.grab()
            self._next += 1
        self._next += 1
        return self._capture.read()[1]


def read(film: str) -> list[Any]:
    """All its pictures, BGR: not one is decoded while something is measured."""
    capture = cv2.VideoCapture(film)
    pictures = []
    while (got := capture.read())[0]:
        pictures.append(got[1])
    return pictures


def main(name: str, file: str, what: str, *words: str) -> int:
    """Do one of the three things; the exit code."""
    cv2.setNumThreads(1)
    try:
        find = PEERS[name](file)
    except FileNotFoundError as error:
        sys.stderr.write(f"{error}\n")
        return MISSING
    if what == "find":
        sys.stdout.write("\n" + json.dumps(find_in(find, read(words[0]))))
    elif what == "watch":
        watch(find, words[0], float(words[1]), int(words[2]), float(words[3]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
