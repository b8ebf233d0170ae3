"""The eye's networks, as ``chiaro check`` tries them; what opened and has not changed since is not opened again."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from calibration.errors import BadInput, Unavailable
from calibration.venue import Venue
from installation.commands.finding import Finding, bad_input, ok, problem
from installation.commands.remembered import Remembered, key_of
from installation.host.state_folder import state_folder
from models import GRAPHS, WEIGHTS
from models.seeing.nvidia import nvidia_driver


def check_model(venue: Venue) -> Iterator[Finding]:
    """Detector and classifier are opened as in the show. What a GPU does is tried each time."""
    remembered = Remembered(state_folder())
    key = (
        ""
        if nvidia_driver()
        else key_of(_files(venue), venue.eye.model_dump_json(), venue.calibration.model_dump_json())
    )
    line = remembered.networks.get(key, "")
    if not line:
        from models.seeing.sight import open_sight
        from models.seeing.venue_head import head_of

        try:
            line = open_sight(venue.eye, venue.camera.region, head_of(venue.calibration, venue.eye)).line
        except BadInput as error:
            yield from bad_input("model", error)
            return
        except Unavailable as error:
            yield problem("model", "[eye]", str(error))
            return
        remembered.put_networks(key, line)
        remembered.save()
    yield ok("model", "[eye]", line)


def _files(venue: Venue) -> Iterator[Path]:
    """All that is read when the networks are opened, and the packages that open them."""
    eye = venue.eye
    network = Path(eye.classifier_file) if eye.classifier_file else WEIGHTS / "chiaro-emotion.onnx"
    yield from sorted(network.parent.glob(f"{network.stem}*"))
    yield from sorted(GRAPHS.glob("*"))
    yield from sorted(WEIGHTS.glob("chiaro-faces*"))
    yield from (Path(file) for file in (eye.detector_file, venue.calibration.head) if file)
    for package in ("mtcnn", "onnxruntime"):
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            yield Path(folder, "__init__.py")
            yield from sorted(Path(folder).glob("assets/weights/*"))
