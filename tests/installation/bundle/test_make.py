"""What goes into a bundle."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibration.errors import BadFile, BadInput
from installation.bundle import make
from installation.bundle.make import film_parts, lock_files, venue_parts
from installation.film.first_film import write_clips
from scenes.story.story import load_story


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film whose clips lie beside its folder, with a file that it does not name."""
    folder = tmp_path_factory.mktemp("show")
    (folder / "clips").mkdir()
    write_clips(folder / "clips", lambda _what, _share: None)
    (folder / "film").mkdir()
    (folder / "film" / "project.bin").write_bytes(b"\0" * 1000)
    return folder


def story(film: Path, clip: str) -> Path:
    file = film / "film" / "story.toml"
    file.write_text(
        'title = "t"\nstart = "b"\nattract = "a"\nsafe = "a"\n'
        f'[scenes.a]\nclip = "{clip}"\nloop = true\n[scenes.b]\nclip = "{clip}"\nend = true\n'
    )
    return file


def test_a_film_takes_along_what_it_names_as_it_lies_and_nothing_else(film: Path) -> None:
    parts, words = film_parts(load_story(story(film, "../clips/waiting.mp4")))
    assert words == ["content/film/film/story.toml"]
    assert {part.name for part in parts} == {"content/film/film/story.toml", "content/film/clips/waiting.mp4"}
    assert all(part.file.is_file() for part in parts)


def test_a_path_that_leads_nowhere_on_another_machine_is_refused(film: Path) -> None:
    with pytest.raises(BadFile, match="another machine"):
        film_parts(load_story(story(film, str(film / "clips" / "waiting.mp4"))))


def test_a_venue_takes_its_head_along_and_a_network_of_ones_own_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "hall.toml"
    file.write_text('name = "Hall"\n[calibration]\nhead = "hall.head-1.npz"\n')
    parts, words = venue_parts(file)
    assert words == ["--venue", "content/venue/hall.toml"]
    assert [part.name for part in parts] == ["content/venue/hall.toml", "content/venue/hall.head-1.npz"]
    file.write_text('[eye]\nclassifier_file = "/srv/mine.onnx"\n')
    with pytest.raises(BadFile, match="classifier_file"):
        venue_parts(file)


def test_outside_of_a_checkout_it_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(file.is_file() for file in lock_files())
    monkeypatch.setattr(make, "ROOT", tmp_path)
    with pytest.raises(BadInput, match="checkout"):
        lock_files()


def test_a_bundle_that_could_not_be_written_leaves_nothing(tmp_path: Path) -> None:
    missing = [make.Part("content/none", tmp_path / "none")]
    with pytest.raises(OSError, match="none"):
        make.write_bundle(tmp_path / "bundle.sh", missing, name="film", run=[])
    assert list(tmp_path.iterdir()) == []
