"""What is typed on the command line."""

from pathlib import Path

import pytest

from calibration import venue_folder
from calibration.errors import BadInput
from calibration.venue import Venue
from installation.host.options import (
    DEMO,
    osc_targets,
    story_file,
    story_of,
    venue_file_of,
    venue_of,
    window_size,
    with_options,
)


def test_what_is_typed_is_laid_over_the_venue_and_the_rest_stays() -> None:
    venue = with_options(Venue(name="hall"), camera="visitor", osc=["10.0.0.7:9000", "localhost:57120"], mute=True)
    assert venue.name == "hall"
    assert venue.camera.source == "visitor"
    assert venue.camera.width == Venue().camera.width
    assert [(target.host, target.port) for target in venue.osc.targets] == [("10.0.0.7", 9000), ("localhost", 57120)]
    assert venue.sound.mute


def test_every_receiver_that_is_none_is_told_at_once() -> None:
    with pytest.raises(BadInput) as refusal:
        osc_targets(["10.0.0.7", "host:port", "10.0.0.7:99999", "127.0.0.1:9000"])
    assert len(refusal.value.problems) == 3


def test_a_window_is_wide_times_high() -> None:
    assert window_size("1920x1080") == (1920, 1080)
    for wrong in ("1920", "x", "10x10", "wide x high"):
        with pytest.raises(BadInput, match="1280x720"):
            window_size(wrong)


def test_a_window_and_the_full_screen_go_not_together() -> None:
    with pytest.raises(BadInput, match="choose one"):
        with_options(Venue(), window="640x360", fullscreen=True)


def test_a_folder_with_a_story_is_a_story(tmp_path: Path) -> None:
    (tmp_path / "story.toml").write_text("")
    assert story_file(str(tmp_path)) == tmp_path / "story.toml"
    with pytest.raises(BadInput, match="no such story"):
        story_file(str(tmp_path / "other"))


@pytest.mark.parametrize(
    ("name", "why"), [("story.toml.txt", "Windows may hide"), ("Story.TOML", "capital and small letters")]
)
def test_a_story_under_nearly_its_name_is_named(name: str, why: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("")
    if (tmp_path / "story.toml").exists():
        pytest.skip("this file system does not tell capital from small letters")
    with pytest.raises(BadInput, match=f"there is '{name}'.*{why}"):
        story_file(str(tmp_path))


def test_a_venue_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(BadInput, match="did you mean 'gallery'"):
        venue_of("galery")


def test_a_venue_in_its_old_place_is_used_and_reported_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(venue_folder, "SHIPPED_VENUES", tmp_path)
    (tmp_path / "hall.toml").write_text('name = "the old hall"\n')
    story_of("", "hall")
    assert venue_of("hall").name == "the old hall"
    (line,) = capsys.readouterr().err.splitlines()
    assert f"mv {tmp_path}/hall.* " in line


def test_the_venue_s_own_story_is_shown_when_none_is_typed(tmp_path: Path) -> None:
    film = tmp_path / "film"
    film.mkdir()
    (film / "story.toml").write_text("")
    room = tmp_path / "venues" / "room.toml"
    room.parent.mkdir()
    room.write_text('story = "../film"\n')
    assert story_of("", str(room)).resolve() == film / "story.toml"
    assert story_of(str(DEMO), str(room)) == DEMO
    assert story_of("", "") == DEMO


def test_a_story_of_the_venue_s_that_is_not_there_is_told_with_the_venue(tmp_path: Path) -> None:
    room = tmp_path / "room.toml"
    room.write_text('story = "nowhere"\nstorey = 1\n')  # also when the venue has another fault: all at once
    with pytest.raises(BadInput, match=r"room.toml(.|\n)*story = 'nowhere': no such story"):
        story_of("", str(room))
    room.write_text("story = \n")
    assert story_of("", str(room)) == DEMO, "the venue's own fault is told where the venue is opened"


@pytest.mark.parametrize(
    ("typed", "listen", "port"),
    [
        ("0.0.0.0", "0.0.0.0", 8470),  # noqa: S104 - a string in a test
        ("192.0.2.7:80", "192.0.2.7", 80),
        ("hall.local:0", "hall.local", 0),
        ("[::1]:9000", "::1", 9000),
        ("[::]", "::", 8470),
        ("off", "", 8470),
    ],
)
def test_where_the_console_is_served_can_be_typed(typed: str, listen: str, port: int) -> None:
    console = with_options(Venue(), console=typed).console
    assert (console.listen, console.port) == (listen, port)
    assert with_options(Venue(), console=None).console == Venue().console


@pytest.mark.parametrize("typed", ["", "a b", "host:port", "10.0.0.7:99999", "::1", "[x]:1", "off:1:2", ":8470"])
def test_where_no_console_can_be_served_is_refused_in_words(typed: str) -> None:
    with pytest.raises(BadInput, match=r"HOST:PORT; expected, for example, 0\.0\.0\.0:8470, or off"):
        with_options(Venue(), console=typed)


def test_settings_are_written_to_the_users_own_venue_file_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIARO_CONFIG", str(tmp_path))
    assert venue_file_of("") == venue_file_of("gone") == venue_file_of("./gone.toml") == ""
    assert venue_file_of("gallery") == "", "the shipped example stays as it is"
    own = tmp_path / "venues" / "gallery.toml"
    own.parent.mkdir()
    own.write_text("torn = ")
    assert venue_file_of("gallery") == venue_file_of(str(own)) == str(own)
