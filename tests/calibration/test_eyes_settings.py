"""The section of eyes on other machines."""

from pathlib import Path

import pytest

from calibration.errors import BadFile
from calibration.venue import Venue, load_venue

SQUARE = "[[0.1, 0.1, 0.5, 0.1], [0.4, 0.1, 0.9, 0.1], [0.1, 0.4, 0.5, 0.4], [0.4, 0.4, 0.9, 0.4]]"
IN_LINE = "[[0.1, 0.1, 0.5, 0.1], [0.2, 0.2, 0.9, 0.1], [0.3, 0.3, 0.5, 0.4], [0.4, 0.9, 0.9, 0.4]]"


def venue_with(folder: Path, text: str) -> Venue:
    file = folder / "venue.toml"
    file.write_text(text)
    return load_venue(file)


def test_eyes_are_named_in_order_beside_the_keys_that_are_for_all(tmp_path: Path) -> None:
    text = f'[eyes]\nkey_file = "k"\n[eyes.right]\ntrust = 0.5\n[eyes.own]\n[eyes.left]\nmatches = {SQUARE}\n'
    eyes = venue_with(tmp_path, text).eyes
    assert list(eyes.named) == ["right", "own", "left"]
    assert eyes.others == ("right", "left")
    assert eyes.named["right"].trust == 0.5
    assert eyes.key_file == str(tmp_path / "k")


def test_a_venue_with_eyes_survives_the_way_to_the_eyes_process() -> None:
    venue = Venue.model_validate({"eyes": {"key_file": "k", "left": {"trust": 0.5}}})
    assert Venue.model_validate_json(venue.model_dump_json()) == venue


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[eyes.left]", "key_file is missing"),
        ('[eyes]\nlisten = 5\nkey_file = "k"\n[eyes.left]', "eyes.listen"),
        ('[eyes]\nlisen = "::"', "did you mean 'listen'"),
        ("[eyes.left]\ntrst = 1", "did you mean 'trust'"),
        ('[eyes]\nkey_file = "k"\n[eyes."Left Eye"]', "is not a name of an eye"),
        (f"[eyes.left]\nmatches = {IN_LINE}", "in one line of its own picture"),
        ("[eyes.left]\nmatches = [[0.1, 0.1, 0.2, 0.2]]", "needs four faces"),
        (f"[eyes.left]\nsees_the_same = false\nmatches = {SQUARE}", "cannot both be"),
        ('[eyes]\nkey_file = "k"\n' + "".join(f"[eyes.e{n}]\n" for n in range(9)), "names 9 eyes; at most 8"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_words(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadFile) as refused:
        venue_with(tmp_path, text)
    assert said in str(refused.value)
