"""What every row of a comparison is made from: the faces, how long to learn, and what was made once for all rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

from calibration.array_file import ANYTHING, load_arrays, save_arrays
from calibration.progress import Progress
from models.arrays import Floats, Gray
from models.comparison.face_set import FaceSet, fingerprint
from models.comparison.scale import Scale
from models.lighting.relight import LampBank, training_lamps
from models.rendering.landmark_faces import landmark_faces
from models.rendering.mesh import read_mesh
from models.seeing.classifier import SHIPPED, Classifier, open_classifier

RENDERED_SEED = 5


@dataclass
class Bench:
    """Faces to learn from and to choose by, and the rest that rows share."""

    learn: FaceSet
    choose: FaceSet
    """Epochs and temperatures are chosen on these; no row learns from them, and nothing is measured on them."""
    scale: Scale
    folder: Path
    progress: Progress
    face3d: Path | None = None
    members: tuple[Path, ...] = ()
    """Networks that were trained before, for the ensembles."""
    device: str = "cpu"
    workers: int = 0
    network: Path = field(default=SHIPPED)

    @cached_property
    def digest(self) -> str:
        """Changes with the faces that rows learn from and choose by."""
        return fingerprint(self.learn, self.choose)

    @cached_property
    def lamps(self) -> LampBank:
        """Lamps that training faces are put under."""
        self.progress("computing lamps", 0.0)
        return training_lamps(count=self.scale.lamps, kept_in=self.folder)

    @cached_property
    def classifier(self) -> Classifier:
        """The shipped network, in the variant that the show runs on a CPU."""
        return open_classifier(self.network, "cpu")

    @cached_property
    def landmark_network(self) -> Path:
        """A network that finds 68 landmarks: trained on rendered faces when it is asked for first, then kept."""
        from models.training.landmark_network import train_landmarks

        of = fingerprint(self.scale.rendered_faces, self.scale.landmark_epochs, RENDERED_SEED)
        path = self.folder / f"landmark-network-{of}.npz"
        if not path.is_file():
            pictures, points = self._rendered_faces()
            part = path.with_suffix(".part.npz")
            report = partial(self.progress, "learning where landmarks lie")
            train_landmarks(pictures, points, self.scale.landmark_epochs, part, report)
            part.replace(path)
        return path

    def _rendered_faces(self) -> tuple[Gray, Floats]:
        count = self.scale.rendered_faces
        kept = self.folder / f"rendered-{count}.npz"
        if not kept.is_file():
            assert self.face3d is not None  # noqa: S101 - rows that need it are refused without
            report = partial(self.progress, "rendering faces with landmarks")
            pictures, points = landmark_faces(read_mesh(self.face3d), count, RENDERED_SEED, report)
            save_arrays(kept, {"faces": pictures, "points": points})
        arrays = load_arrays(kept, {"faces": ANYTHING, "points": ANYTHING})
        return arrays["faces"], arrays["points"]
