"""``chiaro new``: a film that runs, to be changed piece by piece into one's own."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from calibration.plain import one_line
from installation.host.terminal import say

STORY = """\
# A film that runs. Change one thing at a time and look: chiaro play {name}
# All keys are explained in docs/stories.md; `chiaro check {name}` tells what is wrong, with the place and the remedy.
title = "{title}"
start = "question"     # where a visitor's film begins
attract = "waiting"    # shown while nobody is there
safe = "waiting"       # shown when something fails, for as long as it lasts

# Emotions under names of your own. The seven of the eye: anger, disgust, fear, happiness, sadness, surprise, neutral.
[groups]
joy = ["happiness", "surprise"]

[scenes.waiting]
clip = "waiting.mp4"
loop = true
minimum_seconds = 4                           # so that the last visitor can leave
transition = {{ kind = "dip", seconds = 1 }}    # cut, crossfade, dip or hold

[scenes.question]
clip = "question.mp4"
captions = "question.srt"
transition = {{ kind = "crossfade", seconds = 1 }}
listen = {{ from_seconds = 2 }}                 # from here on the face counts
branch = [
    {{ to = "bright", when = {{ mood = "joy" }} }},
    # {{ to = "another", when = {{ mood = "sadness", share = 0.3 }} }},
]
next = "dark"                                 # for every other face

# Two scenes can lie in one file.
[scenes.bright]
clip = "answers.mp4"
out_seconds = 6
transition = {{ kind = "crossfade", seconds = 1 }}
end = true                                    # then the film waits for the next visitor
cue = [{{ at_seconds = 0, osc = {{ address = "/light/warm", arguments = [1.0] }} }}]   # for the room's lights

[scenes.dark]
clip = "answers.mp4"
in_seconds = 6
transition = {{ kind = "dip", seconds = 1 }}
end = true
"""
CAPTIONS = """\
1
00:00:01,000 --> 00:00:04,000
Somebody is there.

2
00:00:05,000 --> 00:00:07,500
Are you glad to be here?
"""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("new")(new)


def new(
    folder: Annotated[Path, typer.Argument(help="Folder to make, such as my-film; it must not exist yet.")],
) -> None:
    """Make a film that runs: a commented story, three short clips, captions. Then change it into your own."""
    import shutil
    import tempfile

    from calibration.errors import BadFile
    from installation.film.first_film import write_clips
    from installation.host.errors import plain_errors
    from installation.host.plain_console import progress_bar

    with plain_errors():
        if folder.exists() or folder.is_symlink():
            raise BadFile(folder, ["already exists, and nothing is written over; choose another name"])
        making: Path | None = None
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            making = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
            name = one_line(folder.name)  # which may hold anything: what it holds must not break the story
            title = name.replace("-", " ").replace('"', "").replace("\\", "").capitalize()
            (making / "story.toml").write_text(STORY.format(name=shlex.quote(name), title=title), encoding="utf-8")
            (making / "question.srt").write_text(CAPTIONS, encoding="utf-8")
            with progress_bar() as bar:
                task = bar.add_task("clips", total=1.0)
                write_clips(making, lambda what, share: bar.update(task, description=what, completed=share))
            making.chmod(0o755)
            making.rename(folder)
        except OSError as error:
            raise BadFile(folder, [f"cannot be made: {error.strerror or error}"]) from error
        finally:
            if making is not None:
                shutil.rmtree(making, ignore_errors=True)
        typed = shlex.quote(str(folder))
        say(f"{folder} is ready. See it: chiaro play {typed}   (2 = happiness, 1 = neutral, 0 = nobody there)")
        say(f"Then change {folder / 'story.toml'}, and try it: chiaro check {typed}")
