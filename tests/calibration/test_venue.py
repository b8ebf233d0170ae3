"""The venue file, and what a technician is told when it is wrong."""

import json
from pathlib import Path

import pytest

from calibration.errors import BadFile
from calibration.venue import Venue, load_venue

VENUES = Path(__file__).parents[2] / "calibration" / "venues"


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "venue.toml"
    file.write_text(text, encoding="utf-8")
    return file


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(BadFile) as refusal:
        load_venue(written(tmp_path, text))
    return refusal.value.problems


def test_an_empty_file_is_a_room(tmp_path: Path) -> None:
    assert load_venue(written(tmp_path, "")) == Venue()


@pytest.mark.parametrize("file", sorted(VENUES.glob("*.toml")), ids=lambda file: file.stem)
def test_the_venues_that_come_with_it_load(file: Path) -> None:
    assert load_venue(file).name


def test_all_faults_are_told_at_once_with_their_keys(tmp_path: Path) -> None:
    told = problems(
        tmp_path, '[camera]\nwidht = 1280\nframes_per_second = "fast"\n[sound]\nvolume = 7\n[lightings]\nwarm = 1\n'
    )
    assert len(told) == 4
    assert any(line.startswith("camera.widht: unknown key; did you mean 'width'?") for line in told)
    assert any(line.startswith("camera.frames_per_second:") and "fast" in line for line in told)
    assert any(line.startswith("sound.volume:") and "7" in line for line in told)
    assert any(line.startswith("lightings: unknown key") for line in told)


def test_a_fault_in_the_second_receiver_names_the_second_receiver(tmp_path: Path) -> None:
    (told,) = problems(tmp_path, "[[osc.targets]]\nport = 9000\n[[osc.targets]]\nprot = 9001\n")
    assert told.startswith("osc.targets.1.prot: unknown key; did you mean 'port'?")


def test_a_torn_file_is_told_with_the_line(tmp_path: Path) -> None:
    (told,) = problems(tmp_path, 'name = "hall"\n[camera\n')
    assert "not valid TOML" in told
    assert "line 2" in told


def test_a_missing_file_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="no such file"):
        load_venue(tmp_path / "nowhere.toml")


def test_not_a_number_is_refused(tmp_path: Path) -> None:
    (told,) = problems(tmp_path, "[sound]\nvolume = nan\n")
    assert told.startswith("sound.volume:")


def test_no_key_is_refused_by_a_pattern_that_says_nothing_to_a_technician(tmp_path: Path) -> None:
    assert '"pattern"' not in json.dumps(Venue.model_json_schema(mode="serialization"))
    text = '[osc]\nlisten_prefix = "emo"\n[[osc.targets]]\naddresses = { mood = "/a" }\n[ups]\nname = "the ups"\n'
    assert problems(tmp_path, text) == [
        "osc.targets.0.addresses.mood.[key]: must be an OSC address such as /hall/lamp: a slash before each part,"
        " no blanks or accents (given: 'mood')",
        "osc.listen_prefix: must be such as /emo or /hall/emo: a slash before each part and none at the end"
        " (given: 'emo')",
        "ups.name: must be its name as for upsc, such as ups@localhost (given: 'the ups')",
    ]


def test_receivers_hear_of_eight_visitors_or_of_as_many_as_the_file_counts_or_says(tmp_path: Path) -> None:
    def slots(text: str) -> int:
        return load_venue(written(tmp_path, text)).osc.visitors

    assert slots("") == 8
    assert slots("[mood]\nvisitors_at_most = 16") == 16, "a venue of before, whose receivers have heard of 16"
    assert slots("[mood]\nvisitors_at_most = 4") == 8
    assert slots("[mood]\nvisitors_at_most = 16\n[osc]\nvisitors = 2") == 2
    assert len(problems(tmp_path, "[mood]\nvisitors_at_most = 40")) == 1, "told of a key that the file has not"
    assert len(problems(tmp_path, "mood = 1\nosc = 2")) == 2
