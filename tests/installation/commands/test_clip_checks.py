"""Clips and beds in ``chiaro check``: decoded on all cores, remembered while they do not change."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from calibration.settings import ScreenSettings
from installation.commands.clip_checks import check_clips, driven_most, parts_of
from installation.commands.finding import Finding
from installation.commands.remembered import FILE, Remembered, key_of
from installation.film.inspection import SPARE, Inspection, effect_seconds
from installation.host.state_folder import state_folder
from scenes.story.clip import PictureLevels
from scenes.story.drives import Drive
from scenes.story.probe import known_headers
from scenes.story.story import load_story
from tests.clips import make_clip, make_sound

SCREEN = ScreenSettings()
STORY = """
title = "t"
attract = "wait"
start = "on"
safe = "wait"
[beds.night]
file = "night.wav"
volume = 0.001
[scenes.wait]
clip = "a.mp4"
loop = true
bed = "night"
[scenes.on]
clip = "b.mp4"
bed = "night"
end = true
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CHIARO_STATE", str(tmp_path / "state"))
    make_clip(tmp_path / "a.mp4", seconds=4, sound=True)
    make_clip(tmp_path / "b.mp4", seconds=5, sound=True)
    make_sound(tmp_path / "night.wav")
    (tmp_path / "story.toml").write_text(STORY)
    return tmp_path


def check(folder: Path) -> tuple[list[Finding], int]:
    """What was found, and how many files were decoded for it."""
    decoded: list[float] = []
    findings = list(
        check_clips(
            load_story(folder / "story.toml"),
            lambda _, share: decoded.append(share),
            SCREEN,
            Remembered(state_folder()),
        )
    )
    return findings, len(decoded)


def test_clips_and_beds_are_decoded_once_and_remembered(folder: Path) -> None:
    first, decoded = check(folder)
    assert decoded == 3
    assert "3 of 3 clips, stems and beds decode to their last frame" in [finding.what for finding in first]
    again, decoded = check(folder)
    assert decoded == 0
    assert again == first


def test_headers_are_remembered_too_and_a_changed_file_is_opened_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(folder)
    lengths = [load_story(folder / "story.toml").duration(name) for name in ("wait", "on")]
    known_headers.clear()  # as in the next process
    monkeypatch.delattr("scenes.story.probe._probe")  # what opens files
    Remembered(state_folder())
    assert [load_story(folder / "story.toml").duration(name) for name in ("wait", "on")] == lengths
    os.utime(folder / "a.mp4", (1, 1))
    with pytest.raises(NameError, match="_probe"):
        load_story(folder / "story.toml")


def test_a_file_that_has_changed_is_decoded_again(folder: Path) -> None:
    check(folder)
    make_clip(folder / "b.mp4", seconds=6)
    assert check(folder)[1] == 1
    os.utime(folder / "a.mp4", (1, 1))
    assert check(folder)[1] == 1


def test_two_scenes_with_the_same_part_of_a_file_have_it_decoded_once(folder: Path) -> None:
    text = STORY.replace("b.mp4", "a.mp4")
    (folder / "story.toml").write_text(text)
    assert check(folder)[1] == 2
    (folder / "story.toml").write_text(text + "out_seconds = 3\n")
    assert check(folder)[1] == 1


def test_a_torn_bed_is_a_problem_and_is_tried_anew_each_time(folder: Path) -> None:
    bed = folder / "night.flac"
    shutil.copyfile(make_torn_flac(folder), bed)
    (folder / "story.toml").write_text(STORY.replace("night.wav", "night.flac"))
    for times in (3, 1):
        findings, decoded = check(folder)
        assert decoded == times
        (fault,) = [finding for finding in findings if finding.state == "problem"]
        assert fault.where == f"bed night: {bed}"
        assert "night.flac ends at" in fault.what


def test_a_torn_stem_is_a_problem_of_its_scene(folder: Path) -> None:
    shutil.copyfile(make_torn_flac(folder), folder / "choir.flac")
    (folder / "story.toml").write_text(STORY + '[[scenes.on.stem]]\nfile = "choir.flac"\n')
    findings, decoded = check(folder)
    assert decoded == 4
    (fault,) = [finding for finding in findings if finding.state == "problem"]
    assert fault.where == f"stem of on: {folder / 'choir.flac'}"


def make_torn_flac(folder: Path) -> Path:
    from tests.installation.film.test_inspection import flac, tear

    return tear(flac(folder / "torn.flac"))


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"[]", b"null", b"{}", b'{"made_by": 1}', b"[" * 100_000, b'{"inspections": {"a": 1}}'],
)
def test_a_memory_that_cannot_be_read_costs_only_time(content: bytes, folder: Path) -> None:
    (folder / "state").mkdir()
    (folder / "state" / FILE).write_bytes(content)
    assert check(folder)[1] == 3
    assert check(folder)[1] == 0


def test_a_memory_that_cannot_be_written_costs_only_time(folder: Path) -> None:
    (folder / "state").write_text("a file where the folder should be")
    assert [check(folder)[1] for _ in range(2)] == [3, 3]


@pytest.mark.parametrize(("decoding", "scaling"), [(1.7, 0.0), (0.1, 0.5 * (os.cpu_count() or 1))])
def test_a_film_too_heavy_for_this_machine_is_told(decoding: float, scaling: float, folder: Path) -> None:
    part = parts_of(load_story(folder / "story.toml"), SCREEN)["scene on"]
    remembered = Remembered(folder / "state")
    remembered.put(part.key, Inspection(seconds=5.0, busy_seconds=5.0 * decoding, scaling_seconds=5.0 * scaling))
    remembered.save()
    (told,) = [finding for finding in check(folder)[0] if "too heavy" in finding.what]
    assert told.state == "warning"
    assert f"{decoding:.1f} cores to decode and {scaling:.1f} to bring them to 1280x720" in told.what


def test_threads_that_this_machine_can_decode_one_by_one_but_not_at_once_are_told(folder: Path) -> None:
    shutil.copyfile(folder / "b.mp4", folder / "c.mp4")
    threads = 'thread = [{ name = "one", clip = "b.mp4" }, { name = "two", clip = "c.mp4" }]'
    (folder / "story.toml").write_text(STORY.replace('clip = "b.mp4"', threads))
    parts = parts_of(load_story(folder / "story.toml"), SCREEN)
    for share, told in ((0.3, 1), (0.2, 0)):  # of the machine, each; half of it may be used
        remembered = Remembered(folder / "state")
        for user in ("scene on", "scene on thread two"):
            busy = min(1.5, share * (os.cpu_count() or 1))
            rest = share * (os.cpu_count() or 1) - busy
            remembered.put(parts[user].key, Inspection(seconds=5.0, busy_seconds=5 * busy, scaling_seconds=5 * rest))
        remembered.save()
        warnings = [finding for finding in check(folder)[0] if finding.part == "threads"]
        assert len(warnings) == told
    (folder / "state" / FILE).unlink()
    findings, decoded = check(folder)
    assert decoded == 4
    assert [finding for finding in findings if finding.part == "threads"] == []


@pytest.mark.parametrize(("what", "at", "told"), [("blur", 1, 1), ("brightness", 1, 0), ("saturation", 1, 0)])
def test_a_picture_that_is_driven_further_than_this_machine_can_is_told(
    what: str, at: float, told: int, folder: Path
) -> None:
    drive = f'[[scenes.on.drive]]\nwhat = "{what}"\nfollow = {{ valence = true }}\nfrom = {at}\nto = {at}\n'
    (folder / "story.toml").write_text(STORY.rstrip() + "\n" + drive)
    part = parts_of(load_story(folder / "story.toml"), SCREEN)["scene on"]
    remembered = Remembered(folder / "state")
    cores = os.cpu_count() or 1
    almost = SPARE * cores - 1e-6
    decoding = min(1.0, almost)
    remembered.put(
        part.key, Inspection(seconds=1.0, busy_seconds=decoding, scaling_seconds=almost - decoding, threads=cores)
    )
    remembered.save()
    warnings = [finding for finding in check(folder)[0] if finding.part == "drives"]
    assert ["its clip and drives need" in one.what for one in warnings] == [True] * told


def test_the_ends_of_drives_that_take_most_count() -> None:
    def drive(what: str, begin: float, end: float) -> Drive:
        return Drive.model_validate({"what": what, "follow": {"valence": True}, "from": begin, "to": end})

    assert driven_most([]) == driven_most([drive("rate", 0.8, 1.2)]) == PictureLevels()
    driven = driven_most([drive("blur", 0.7, 0), drive("grain", 0, 0.2), drive("saturation", 1, 0.3)])
    assert driven == PictureLevels(saturation=0.3, blur=0.7, grain=0.2)
    assert effect_seconds(driven, (320, 180)) > effect_seconds(PictureLevels(), (320, 180)) == 0


def test_another_size_of_the_screen_is_tried_anew(folder: Path) -> None:
    story = load_story(folder / "story.toml")
    wide = ScreenSettings(width=1920, height=1080)
    keys = [{name: part.key for name, part in parts_of(story, screen).items()} for screen in (SCREEN, wide)]
    assert {name for name in keys[0] if keys[0][name] != keys[1][name]} == {"scene wait", "scene on"}


def test_another_sound_track_is_tried_anew(folder: Path) -> None:
    before = parts_of(load_story(folder / "story.toml"), SCREEN)
    (folder / "story.toml").write_text(STORY.replace("volume = 0.001", "sound_track = 1") + "sound_track = 1\n")
    after = parts_of(load_story(folder / "story.toml"), SCREEN)
    assert {name for name in before if before[name].key != after[name].key} == {"scene on", "bed night"}


def test_damage_that_the_player_survives_is_a_warning(folder: Path) -> None:
    part = parts_of(load_story(folder / "story.toml"), SCREEN)["scene on"]
    remembered = Remembered(folder / "state")
    remembered.put(part.key, Inspection(damaged=1, torn_sound=2, seconds=5.0))
    remembered.save()
    told = [finding.what for finding in check(folder)[0] if finding.state == "warning" and finding.part == "clip"]
    assert [line.partition(";")[0] for line in told] == ["1 damaged picture is left out", "silent in 2 damaged places"]


def test_a_change_of_scene_that_jumps_in_loudness_is_told_and_volume_levels_it(folder: Path) -> None:
    story = load_story(folder / "story.toml")
    remembered = Remembered(folder / "state")
    for scene, lufs in (("scene wait", -25.0), ("scene on", -20.0)):
        remembered.put(parts_of(story, SCREEN)[scene].key, Inspection(seconds=4.0, lufs=lufs))
    remembered.save()
    findings, _ = check(folder)
    (levels,) = [finding.what for finding in findings if finding.part == "loudness" and finding.state == "ok"]
    assert levels == "on -20.0, wait -25.0 LUFS"
    (jumps,) = [finding.what for finding in findings if finding.part == "loudness" and finding.state == "warning"]
    assert "wait to on +5.0 LU" in jumps
    assert "ffmpeg" in jumps
    (folder / "story.toml").write_text(STORY + "volume = 0.6\n")  # -4.4 dB
    assert not [finding for finding in check(folder)[0] if finding.part == "loudness" and finding.state == "warning"]


def test_a_bed_under_both_scenes_evens_out_what_is_heard(folder: Path) -> None:
    loud = STORY.replace("volume = 0.001", "volume = 1.0")
    (folder / "story.toml").write_text(loud)
    story = load_story(folder / "story.toml")
    remembered = Remembered(folder / "state")
    parts = parts_of(story, SCREEN)
    for user, lufs in (("scene wait", -30.0), ("scene on", -24.0), ("bed night", -20.0)):
        remembered.put(parts[user].key, Inspection(seconds=4.0, lufs=lufs))
    remembered.save()
    (finding,) = [finding for finding in check(folder)[0] if finding.part == "loudness"]
    assert finding.what == "on -18.5, wait -19.6 LUFS"


def test_the_key_of_a_file_names_its_time_and_size(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    assert key_of([file]) == ""
    make_sound(file)
    before = key_of([file])
    file.write_bytes(file.read_bytes() + b"x")
    assert key_of([file]) != before


def test_stems_sound_beside_their_clip_and_count_half_way_up_where_they_follow(folder: Path) -> None:
    stems = (
        'stem = [{ file = "night.wav" }, { file = "pulse.wav", floor = 0.2, volume = 0.8, follow = { mood = "fear" } }]'
    )
    make_sound(folder / "pulse.wav", seconds=2.0)
    (folder / "story.toml").write_text(STORY.replace('clip = "b.mp4"', f'clip = "b.mp4"\nvolume = 0.5\n{stems}'))
    parts = parts_of(load_story(folder / "story.toml"), SCREEN)
    remembered = Remembered(folder / "state")
    for user, lufs in (("scene wait", -30.0), ("scene on", -200.0), ("stem on 0", -200.0), ("stem on 1", -14.0)):
        remembered.put(parts[user].key, Inspection(seconds=4.0, lufs=lufs))
    remembered.save()
    (finding,) = [finding for finding in check(folder)[0] if finding.part == "loudness" and finding.state == "ok"]
    # -14 LUFS at half of the stem's way, 6 dB less, and the scene's volume, 6 dB less.
    assert finding.what == "on -26.0, wait -30.0 LUFS"
