"""``chiaro play``: the film without the eye, for the maker at a desk."""

from __future__ import annotations

from typing import Annotated, Literal, cast, get_args

import typer

from installation.commands.choices import SEED_AT_MOST, chosen, completion, shown

Kind = Literal["cut", "crossfade", "dip", "hold"]
"""As in ``scenes.story.clip.Transition``."""
TRANSITIONS = get_args(Kind)


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""

    @app.command()
    def play(  # noqa: PLR0913 - an option each, read from the signature
        what: Annotated[list[str], typer.Argument(help="Clips (films, pictures), or one story (.toml or its folder).")],
        mood: Annotated[
            str,
            typer.Option(
                help="Moods of a story by time, such as happiness@3,fear/away@9,nobody@20; 'keys': by number keys only."
            ),
        ] = "keys",
        venue: Annotated[str, typer.Option(help="Venue file (a path or NAME.toml), or a venue's name.")] = "",
        from_scene: Annotated[
            str, typer.Option("--from", help="Begin a story with this scene.", show_default=False)
        ] = "",
        been: Annotated[
            list[str] | None, typer.Option(help="Scenes that the take has been to, such as door,cellar.")
        ] = None,
        took: Annotated[list[str] | None, typer.Option(help="Moods that have decided in it, such as dark.")] = None,
        draw: Annotated[list[str] | None, typer.Option(help="What was drawn for it, such as actor=b.")] = None,
        counters: Annotated[
            list[str] | None, typer.Option("--set", help="Where a counter stands, such as doors=2.")
        ] = None,
        transition: Annotated[
            str,
            typer.Option(
                help="Transition between clips.", metavar=shown(TRANSITIONS), autocompletion=completion(TRANSITIONS)
            ),
        ] = "cut",
        transition_seconds: Annotated[float, typer.Option(min=0.0, help="Length of that transition.")] = 1.0,
        seed: Annotated[
            int | None,
            typer.Option(min=0, max=SEED_AT_MOST, help="Seed of what the first take of a story draws by lot."),
        ] = None,
        headless: Annotated[bool, typer.Option("--headless", help="No window.")] = False,
        window: Annotated[str | None, typer.Option(help="Window of WxH, such as 1280x720.")] = None,
        fullscreen: Annotated[bool, typer.Option("--fullscreen", help="Use the whole display.")] = False,
        seconds: Annotated[float | None, typer.Option(min=0.1, help="End after this many seconds.")] = None,
        mute: Annotated[bool, typer.Option("--mute", help="No sound.")] = False,
        verbose: Annotated[bool, typer.Option("--verbose", help="Log more on the console.")] = False,
    ) -> None:
        """Play clips one after another, or a story whose moods you set by hand. No camera is opened.

        In a story the number keys set the mood: 1 neutral, 2 happiness, 3 surprise, 4 sadness, 5 anger, 6 disgust,
        7 fear, 8 contempt, 9 undecided, 0 nobody. Space pauses, T hides the bar, Esc twice ends. A story that is saved
        while it plays is read again, and goes on at the same place.

        --from, --been, --took, --draw and --set say where the first take stands when it begins.
        """
        from pathlib import Path

        from calibration.errors import BadInput, Exit
        from calibration.files import is_folder
        from calibration.venue import Venue
        from installation.host.console import log_native, open_log
        from installation.host.errors import both, plain_errors
        from installation.host.memory import map_large_blocks
        from installation.host.native_noise import native_noise_aside
        from installation.host.options import story_file, venue_of, with_options
        from installation.host.system_libraries import require_libraries
        from scenes.machine.play_from import play_from
        from scenes.story.clip import Transition
        from scenes.story.foreign_story import foreign_story
        from scenes.story.story import load_story

        open_log(verbose)
        map_large_blocks()
        with plain_errors(), native_noise_aside(log_native):
            require_libraries()
            from installation.show.desk import play_clips
            from installation.show.manual_mood import ScriptedMood, parse_script

            kind, wanted = both(
                lambda: chosen(transition, TRANSITIONS, "--transition"),
                lambda: with_options(venue_of(venue), window=window, fullscreen=fullscreen, mute=mute),
            )
            memory = {"--been": been, "--took": took, "--draw": draw, "--set": counters}
            named = Path(what[0])
            if len(what) == 1 and (named.suffix == ".toml" or is_folder(named) or foreign_story(named)):
                if kind != "cut":
                    raise BadInput("works with clips; a story has its own transitions", where="--transition")
                script = parse_script("" if mood == "keys" else mood)
                story = load_story(story_file(what[0]), forgive_clips=True)
                begin = play_from(story, from_scene, *(listed(typed) for typed in memory.values()))
                from installation.show.opening import open_show

                desk = Venue()  # at a desk no house closes, no projector is switched, nobody is looked at
                wanted = wanted.model_copy(
                    update={"hours": desk.hours, "display": desk.display, "ups": desk.ups, "privacy": desk.privacy}
                )
                with open_show(
                    story, wanted, headless=headless, seed=seed, mood_source=ScriptedMood(script), at_desk=begin
                ) as show:
                    show.run(seconds)
                return
            of_a_story = {"--from": from_scene, "--mood": mood != "keys", "--seed": seed is not None, **memory}
            for option, typed in of_a_story.items():
                if typed:
                    raise BadInput("works with one story, not with clips", where=option)
            change = Transition(cast(Kind, kind), 0.0 if kind == "cut" else transition_seconds)
            unplayable = play_clips([Path(name) for name in what], wanted, headless, seconds, change)
        if unplayable:
            raise typer.Exit(Exit.BAD_CONFIGURATION)


def listed(typed: list[str] | None) -> list[str]:
    """The words of an option that may be given more than once, each time with several between commas."""
    return [word.strip() for text in typed or [] for word in text.split(",") if word.strip()]
