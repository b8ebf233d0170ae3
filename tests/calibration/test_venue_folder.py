"""One rule for every command finds a venue from what was typed."""

import shlex
import shutil
import subprocess
from pathlib import Path

import platformdirs
import pytest

from calibration import venue_folder
from calibration.errors import BadFile, BadInput
from calibration.venue import load_venue
from calibration.venue_folder import (
    config_folder,
    find_or_begin_venue,
    find_venue,
    known_venues,
    name_of,
    venues_folder,
)

ROOT = Path(__file__).parents[2]
CALIBRATED = '[calibration]\nmade = "yesterday"\n'


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder of venues."""
    monkeypatch.setenv("CHIARO_CONFIG", str(tmp_path / "config"))
    folder = tmp_path / "config" / "venues"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program's folder, where venues were written yesterday."""
    folder = tmp_path / "program" / "calibration" / "venues"
    folder.mkdir(parents=True)
    (folder / "gallery.toml").write_text('name = "gallery"\n')
    monkeypatch.setattr(venue_folder, "SHIPPED_VENUES", folder)
    return folder


def refusal(named: str) -> str:
    with pytest.raises(BadFile) as error:
        find_venue(named)
    return "\n".join(error.value.lines())


def test_venues_are_in_the_user_s_configuration_folder_or_where_the_variable_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CHIARO_CONFIG", str(tmp_path))
    assert venues_folder() == tmp_path / "venues"
    monkeypatch.delenv("CHIARO_CONFIG")
    assert config_folder() == platformdirs.user_config_path("chiaroscuro", appauthor=False)


def test_a_name_is_the_user_s_venue_before_yesterday_s(own: Path, shipped: Path) -> None:
    (shipped / "hall.toml").write_text("")
    (own / "hall.toml").write_text("")
    assert find_venue("hall").file == own / "hall.toml"
    assert find_venue("hall").notice == ""


@pytest.mark.usefixtures("own")
def test_gallery_is_the_example_and_needs_no_move(shipped: Path) -> None:
    assert find_venue("gallery").file == shipped / "gallery.toml"
    assert find_venue("gallery").notice == ""
    assert known_venues() == ("gallery",)


@pytest.mark.parametrize("typed", ["./hall", "rooms/hall", "hall.toml", "./hall.toml"])
def test_a_word_with_a_separator_or_the_suffix_is_that_file(
    own: Path, shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    for folder in (own, shipped):
        (folder / "hall.toml").write_text("")
    here = tmp_path / "here"
    (here / "rooms").mkdir(parents=True)
    monkeypatch.chdir(here)
    Path(typed).write_text("")
    assert find_venue(typed).file == Path(typed)
    assert find_or_begin_venue(typed).file == Path(typed), "calibrate and run mean the same file"


def test_a_venue_in_yesterday_s_place_is_used_with_the_command_that_moves_all_of_it(own: Path, shipped: Path) -> None:
    own.rmdir()
    names = ("hall.toml", "hall.toml.previous", "hall.faces.npz", "hall.head-0123abcd.npz", "hall.html", "hall2.toml")
    for name in names:
        (shipped / name).write_text("")
    found = find_venue("hall")
    assert found.file == shipped / "hall.toml"
    assert found == find_or_begin_venue("hall"), "it is also calibrated where it is"
    assert "\n" not in found.notice
    command = found.notice.split("move it with: ")[1]
    subprocess.run(["sh", "-c", command], check=True)
    assert sorted(one.name for one in own.iterdir()) == sorted(names[:-1])
    assert own.stat().st_mode & 0o777 == 0o700
    assert find_venue("hall").file == own / "hall.toml"
    assert find_venue("hall").notice == ""


@pytest.mark.usefixtures("own")
def test_a_story_that_would_be_lost_by_the_move_is_named(shipped: Path) -> None:
    (shipped / "hall.toml").write_text('story = "../../film"\n')
    assert "story = '../../film'" in find_venue("hall").notice
    (shipped / "hall.toml").write_text('story = "/srv/film"\n')
    assert "story =" not in find_venue("hall").notice


@pytest.mark.usefixtures("own")
def test_an_example_that_somebody_calibrated_is_his_venue_and_is_copied_out(shipped: Path) -> None:
    (shipped / "gallery.toml").write_text(CALIBRATED)
    assert find_or_begin_venue("gallery").file == shipped / "gallery.toml"
    assert " && cp -p " in find_venue("gallery").notice, "the example itself has to stay"


def test_a_new_name_begins_in_the_user_s_folder_and_the_example_as_a_copy_there(own: Path, shipped: Path) -> None:
    assert find_or_begin_venue("attic").file == own / "attic.toml"
    assert find_or_begin_venue("attic").begins_as is None
    assert find_or_begin_venue("gallery").file == own / "gallery.toml"
    assert find_or_begin_venue("gallery").begins_as == shipped / "gallery.toml"


def test_a_misspelt_name_is_answered_with_the_nearest_one_and_where_it_was_looked_for(own: Path, shipped: Path) -> None:
    (own / "upstairs.toml").write_text("")
    told = refusal("upstair")
    assert "did you mean 'upstairs'?" in told
    assert "Known: gallery, upstairs" in told
    assert str(own) in told
    assert str(shipped) in told


@pytest.mark.usefixtures("shipped")
def test_a_file_that_is_not_there_is_answered_with_the_one_that_is(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hall.toml").write_text("")
    (own / "attic.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    assert "did you mean 'hall.toml'?" in refusal("./hall")
    with pytest.raises(BadFile, match=r"did you mean 'hall\.toml'"):
        find_or_begin_venue("./hall")
    assert find_or_begin_venue("./attic").file == Path("attic")
    assert "did you mean 'hall.toml'?" in refusal("./hal.toml")
    assert "type ./hall.toml" in refusal("hall")
    assert "type attic for the venue" in refusal("attic.toml")
    assert "is a folder" in refusal(f"{tmp_path}/")
    assert "is a folder" in refusal("..")
    with pytest.raises(BadInput, match="is empty"):
        find_or_begin_venue("")
    assert "cannot be found" in refusal("~nobody-of-that-name/room.toml")


def test_a_calibration_is_renewed_by_what_leads_to_its_file(own: Path, shipped: Path, tmp_path: Path) -> None:
    hidden = shipped / "hall.toml"
    for file in (own / "hall.toml", hidden, tmp_path / "my room.toml"):
        file.write_text(CALIBRATED)
    assert load_venue(own / "hall.toml").calibration.renewed_by == "chiaro calibrate hall"
    assert load_venue(hidden).calibration.renewed_by == f"chiaro calibrate {hidden}", "the name leads to another file"
    assert name_of(tmp_path / "my room.toml") == shlex.quote(str(tmp_path / "my room.toml"))


@pytest.mark.skipif(not shutil.which("git") or not (ROOT / ".git").exists(), reason="not a git checkout")
def test_git_leaves_out_what_comes_from_faces_and_keeps_the_example() -> None:
    made = ["room.faces.npz", "evenings/room.head-0123abcd.npz", "room.faces.npz.previous", "takes/A/fear/000.png"]
    made += [f"calibration/venues/{name}" for name in ("hall.toml", "hall.html", "hall.toml.previous")]
    ignored = subprocess.run(
        ["git", "check-ignore", "--no-index", *made, "evaluation/report.html", "calibration/venues/gallery.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ignored.stdout.split() == [*made, "evaluation/report.html"]
