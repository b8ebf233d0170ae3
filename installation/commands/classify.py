"""``chiaro classify``: what the faces in pictures or videos show."""

from __future__ import annotations

import json as json_text
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from calibration.errors import BadFile, Exit
from installation.host.terminal import say

if TYPE_CHECKING:
    from models.estimate import EmotionEstimate
    from models.frame import Frame
    from models.seeing.sight import Sight


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""

    @app.command()
    def classify(
        files: Annotated[list[Path], typer.Argument(help="Pictures or videos.")],
        json: Annotated[bool, typer.Option("--json", help="Print all figures as JSON.")] = False,
        every: Annotated[int, typer.Option(min=1, help="Analyse every n-th picture of a video.")] = 15,
        venue: Annotated[
            str, typer.Option(help="Venue whose detector, classifier and device to use: a file or a name.")
        ] = "",
    ) -> None:
        """Find faces in pictures or videos and show their emotions. Exit code 78 if a file cannot be read."""
        from calibration.venue import require_may_look
        from installation.host.errors import plain_errors, print_errors
        from installation.host.options import venue_of
        from models.seeing.sight import open_sight
        from models.seeing.venue_head import head_of

        with plain_errors():
            chosen = venue_of(venue)
            require_may_look(chosen)
            settings = chosen.eye.model_copy(update={"detect_every": 1})
            sight = open_sight(settings, head=head_of(chosen.calibration, settings))
        seen, failed = [], False
        for path in files:
            try:
                seen.append({"file": str(path), "frames": classify_file(path, every, sight)})
            except BadFile as error:
                failed = True
                print_errors(error)
                seen.append({"file": str(path), "error": "; ".join(error.problems)})
        if json:
            say(json_text.dumps({"networks": sight.line, "files": seen}, indent=2))
        else:
            _show(seen, sight.line)
        if failed:
            raise typer.Exit(Exit.BAD_CONFIGURATION)


def classify_file(path: Path, every: int, sight: Sight) -> list[dict[str, Any]]:
    """What is in one file, one entry a picture. Raises ``BadFile``."""
    from installation.camera.picture_files import frames_of

    return [_row(frame, sight.detect_and_classify(frame)) for frame in frames_of(path, every)]


def _row(frame: Frame, estimates: list[EmotionEstimate]) -> dict[str, Any]:
    return {"frame": frame.number, "seconds": round(frame.captured_at, 3), "faces": [_face(e) for e in estimates]}


def _face(estimate: EmotionEstimate) -> dict[str, Any]:
    from models.labels import LABELS

    detection = estimate.detection
    return {
        "box": [round(side, 1) for side in detection.box],
        "score": round(detection.score, 3),
        "landmarks": detection.landmarks.round(1).tolist(),
        "emotion": LABELS[int(estimate.probabilities.argmax())],
        "probabilities": dict(zip(LABELS, estimate.probabilities.round(4).tolist(), strict=True)),
        "quality": round(estimate.quality, 3),
        "luminance": round(estimate.luminance, 1),
    }


def _show(seen: list[dict[str, Any]], networks: str) -> None:
    from rich.table import Table
    from rich.text import Text

    from installation.host.plain_console import PlainConsole

    table = Table("file", "at", "face (x y w h)", "emotion", "then", "quality", "face mean", caption=networks)
    for file in seen:
        for frame in file.get("frames", ()):
            name, at = Path(file["file"]).name, f"{frame['seconds']:.2f} s"
            for face in frame["faces"]:
                (first, share), (second, next_share), *_ = sorted(
                    face["probabilities"].items(), key=lambda item: -item[1]
                )
                table.add_row(
                    name,
                    at,
                    " ".join(f"{side:.0f}" for side in face["box"]),
                    Text.assemble((first, "bold"), f" {share:.0%}"),
                    f"{second} {next_share:.0%}",
                    f"{face['quality']:.2f}",
                    f"{face['luminance']:.0f}",
                )
            if not frame["faces"]:
                table.add_row(name, at, Text("no face", "dim"), "", "", "", "")
    PlainConsole().print(table)
