"""Make the clips of the demo film: ``python -m scenes.demo.making.make [CLIP...] [--out FOLDER] [--preview]``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from scenes.demo.making import film, score
from scenes.demo.making.develop import Developer
from scenes.demo.making.light import RATE
from scenes.demo.making.reel import FILES, Shot
from scenes.demo.making.sound import SAMPLE_RATE

HERE = Path(__file__).parents[1]


def main() -> None:
    """Make what was asked for."""
    parser = argparse.ArgumentParser(description="Make the clips of the demo film.")
    parser.add_argument("clips", nargs="*", metavar="CLIP", help=f"which ones (all): {', '.join(FILES)}")
    parser.add_argument("--out", type=Path, default=HERE / "film", help="folder of the clips (the one of the story)")
    parser.add_argument("--preview", action="store_true", help="only a sheet of six pictures of each, as PNG")
    parser.add_argument("--sound", action="store_true", help="only the sound; the pictures stay as they are")
    asked = parser.parse_args()
    if unknown := set(asked.clips) - set(FILES):
        parser.error(f"no clip {', '.join(sorted(unknown))}; there are: {', '.join(FILES)}")
    asked.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    console = Console()
    for name in asked.clips or FILES:
        shots, target = FILES[name], asked.out / f"{name}.mp4"
        if asked.preview:
            _sheets(shots, asked.out)
            continue
        sound = np.concatenate([score.play(shot.name, shot.seconds) for shot in shots])
        if asked.sound:
            film.sound_again(target, sound)
        else:
            frames = sum(shot.seconds for shot in shots) * RATE
            with _bar(console) as bar:
                film.write(
                    target,
                    bar.track(_pictures(shots), frames, description=name),
                    sound,
                    shots[0].kbits,
                )
        console.print(f"{target.name}: {len(sound) / SAMPLE_RATE:g} s, {target.stat().st_size / 1e6:.2f} MB")


def _bar(console: Console) -> Progress:
    return Progress(TextColumn("{task.description:10}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
                    TimeRemainingColumn(), console=console, transient=True)  # fmt: skip


def _pictures(shots: tuple[Shot, ...]) -> Iterator[NDArray[np.uint8]]:
    for shot in shots:
        draw, developer = shot.paint(shot.seconds), Developer(shot.look)
        coming = developer.print(draw(0.0))
        for start in range(0, shot.seconds * RATE, shot.every):
            now, coming = coming, developer.print(draw((start + shot.every) / RATE))
            for k in range(shot.every):
                share = k / shot.every
                yield developer.planes(cv2.addWeighted(now, 1 - share, coming, share, 0), start + k)


def _sheets(shots: tuple[Shot, ...], folder: Path) -> None:
    """Six pictures of each scene, to look at before the long work."""
    for shot in shots:
        draw, developer = shot.paint(shot.seconds), Developer(shot.look)
        prints = [developer.print(draw(shot.seconds * (k + 0.5) / 6)) for k in range(6)]
        small = [cv2.resize(p, (640, 360), interpolation=cv2.INTER_AREA) for p in prints]
        sheet = np.vstack([np.hstack(small[k : k + 2]) for k in (0, 2, 4)])
        cv2.imwrite(str(folder / f"{shot.name}.png"), np.clip(sheet[..., ::-1] * 255, 0, 255).astype(np.uint8))


if __name__ == "__main__":
    main()
