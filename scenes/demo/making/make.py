"""Make the clips of the demo film: ``python -m scenes.demo.making.make [CLIP...] [--out FOLDER] [--preview]``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from models.arrays import Image
from scenes.demo.making import encode, score, stems
from scenes.demo.making.drawing import RATE
from scenes.demo.making.grading import Grader
from scenes.demo.making.scene_list import CLIPS, DrawnScene
from scenes.demo.making.sound import SAMPLE_RATE
from scenes.demo.making.stems import STEMS

DEMO_FOLDER = Path(__file__).parents[1]


def main() -> None:
    """Make the clips that the command line names."""
    parser = argparse.ArgumentParser(description="Make the clips of the demo film.")
    parser.add_argument(
        "clips", nargs="*", metavar="CLIP", help=f"which clips and stems (default: all): {', '.join((*CLIPS, *STEMS))}"
    )
    parser.add_argument(
        "--out", type=Path, default=DEMO_FOLDER / "film", help="folder for the clips (default: the story's own)"
    )
    parser.add_argument(
        "--preview", action="store_true", help="only a contact sheet of six pictures of each scene, as PNG"
    )
    parser.add_argument("--sound", action="store_true", help="only new sound; the pictures stay as they are")
    asked = parser.parse_args()
    known = [*CLIPS, *STEMS]
    if unknown := set(asked.clips) - set(known):
        parser.error(f"no clip is called {', '.join(sorted(unknown))}; the clips and stems are: {', '.join(known)}")
    asked.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    console = Console()
    for name in asked.clips or known:
        if name in STEMS:
            if not asked.preview:
                encode.write_sound(asked.out / f"{name}.m4a", stems.play_stem(name, CLIPS["crossing"][0].seconds))
            continue
        scenes, target = CLIPS[name], asked.out / f"{name}.mp4"
        if asked.preview:
            _contact_sheets(scenes, asked.out)
            continue
        sound = np.concatenate([score.play(scene.name, scene.seconds) for scene in scenes])
        if asked.sound:
            encode.replace_sound(target, sound)
        else:
            frames = sum(scene.seconds for scene in scenes) * RATE
            with _bar(console) as bar:
                encode.write(
                    target,
                    bar.track(_pictures(scenes), frames, description=name),
                    sound,
                    scenes[0].crf,
                )
        console.print(f"{target.name}: {len(sound) / SAMPLE_RATE:g} s, {target.stat().st_size / 1e6:.2f} MB")


def _bar(console: Console) -> Progress:
    return Progress(TextColumn("{task.description:10}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
                    TimeRemainingColumn(), console=console, transient=True)  # fmt: skip


def _pictures(scenes: tuple[DrawnScene, ...]) -> Iterator[Image]:
    for scene in scenes:
        draw, grader = scene.prepare(scene.seconds), Grader(scene.grade)
        coming = grader.display(draw(0.0))
        for start in range(0, scene.seconds * RATE, scene.draw_every):
            now, coming = coming, grader.display(draw((start + scene.draw_every) / RATE))
            for k in range(scene.draw_every):
                share = k / scene.draw_every
                yield grader.yuv_planes(cv2.addWeighted(now, 1 - share, coming, share, 0), start + k)


def _contact_sheets(scenes: tuple[DrawnScene, ...], folder: Path) -> None:
    """Write six pictures of each scene as one PNG, to judge them before the long work."""
    for scene in scenes:
        draw, grader = scene.prepare(scene.seconds), Grader(scene.grade)
        prints = [grader.display(draw(scene.seconds * (k + 0.5) / 6)) for k in range(6)]
        small = [cv2.resize(p, (640, 360), interpolation=cv2.INTER_AREA) for p in prints]
        sheet = np.vstack([np.hstack(small[k : k + 2]) for k in (0, 2, 4)])
        cv2.imwrite(str(folder / f"{scene.name}.png"), np.clip(sheet[..., ::-1] * 255, 0, 255).astype(np.uint8))


if __name__ == "__main__":
    main()
