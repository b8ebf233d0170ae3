"""What of a look runs on a GPU in a show, and what goes on when the GPU refuses. The CPU stands in the GPU's place."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calibration.venue import Venue
from installation.eye.usable_sight import open_usable_sight
from models.frame import Frame
from models.rendering.crowd import Crowd
from models.seeing import device_look
from models.seeing.io_binding import BoundNetwork
from models.seeing.runtime import why_no_cuda
from models.seeing.session import open_session
from models.seeing.sight import Sight
from models.training.gpu_variant import make_gpu_variant
from tests.models.tiny_classifier import make_classifier

WIDTH, HEIGHT = 640, 360


@pytest.fixture
def venue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Venue]:
    """A venue whose classifier runs "on a GPU"."""
    network = make_classifier(tmp_path / "net.onnx")
    make_gpu_variant(network, np.random.default_rng(0).integers(0, 256, (4, 64, 64), np.uint8))

    def open_bound_network(path: Path, _threads: int, check: Callable[[Any], None]) -> tuple[BoundNetwork, bool]:
        session = open_session(path)
        check(session)
        return BoundNetwork(session, "cpu"), True

    monkeypatch.setattr("models.seeing.classifier.why_no_cuda", lambda: "")
    monkeypatch.setattr("models.seeing.classifier.load_cuda", lambda: None)
    monkeypatch.setattr("models.seeing.classifier.open_bound_network", open_bound_network)
    camera = {"width": HEIGHT, "height": WIDTH, "rotate_degrees": 90}
    return lambda **eye: Venue.model_validate({"camera": camera, "eye": {"classifier_file": str(network), **eye}})


def on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_look, "open_on_cuda", lambda path, *_rest, **_more: open_session(path))
    monkeypatch.setattr(device_look, "DeviceLook", partial(device_look.DeviceLook, device="cpu"))


def found_by(sight: Sight) -> int:
    """Faces of the first look that has some: a detector in its own thread may need a while on a busy machine."""
    picture, until = Crowd(4, WIDTH, HEIGHT).read(0.0, 120.0), time.monotonic() + 60
    for number in range(10_000):
        if found := sight.detect_and_classify(Frame(picture, number / 5, number)):
            return len(found)
        assert time.monotonic() < until
        time.sleep(0.02)
    return 0


@pytest.mark.parametrize(("detector", "where"), [("chiaro", "CUDA in float16, recorded"), ("mtcnn", "CPU")])
def test_with_a_gpu_all_of_our_detector_runs_there_and_of_others_what_comes_after_them(
    venue: Callable[..., Venue],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    detector: str,
    where: str,
) -> None:
    on_the_cpu(monkeypatch)
    recorded: list[tuple[int, int]] = []
    warm_up = device_look.DeviceLook.func.warm_up  # type: ignore[attr-defined]

    def noted(look: Any, height: int, width: int) -> None:
        recorded.append((height, width))
        warm_up(look, height, width)

    monkeypatch.setattr(device_look.DeviceLook.func, "warm_up", noted)  # type: ignore[attr-defined]
    sight, left_out = open_usable_sight(venue(detector=detector), beside=True)
    assert not left_out
    assert f" on {where}, classifier net.cuda" in sight.line
    assert found_by(sight) == 4
    for number in range(3):
        sight.detect_and_classify(Frame(Crowd(4, WIDTH, HEIGHT).read(0.0, 120.0), 1e5 + number / 30, number))
        here = (sight.stages_ms["detect"] > 0, sight.stages_ms["follow"] > 0)
        assert here == (True, False) or detector == "mtcnn", "each picture is searched, and nothing is followed"
    assert sight.stages_ms["classify"] > 0
    assert sight.stages_ms["align"] == 0, "faces are cut out on the device"
    assert recorded == [(HEIGHT, WIDTH)], "no visitor waits: all was run once for the camera's picture as it is turned"
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(not why_no_cuda(), reason="there is a GPU, and it does not refuse")
def test_a_gpu_that_refuses_the_look_is_told_in_one_line_and_only_classifies(
    venue: Callable[..., Venue], capsys: pytest.CaptureFixture[str]
) -> None:
    sight, left_out = open_usable_sight(venue(detector="chiaro"), beside=True)
    assert not left_out
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("only the classifier runs on the GPU: ")
    assert "detector OneShot on CPU, classifier net.cuda" in sight.line
    assert found_by(sight) == 4
    assert sight.stages_ms["align"] > 0
