"""Decoding by the graphics card. No card is needed here: what is tried is that the film goes on without one."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from av.codec.hwaccel import hwdevices_available
from av.container import InputContainer

from calibration.errors import Unplayable
from calibration.settings import ScreenSettings
from installation.bench.marked_clip import make_clip
from installation.commands.doctor import decoding
from installation.film import hardware_decoding, video_decoder
from installation.film.frame_reader import read_frames
from installation.film.hardware_decoding import HEAVY_THREADS, HardwareDecoding, open_film
from installation.film.inspection import Inspection
from scenes.story.clip import Clip
from tests.installation.film.cinema import SIZE, cinema


def test_a_machine_without_a_card_says_why_the_processor_decodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware_decoding, "DEVICES", ("cuda", "vaapi"))
    here = HardwareDecoding()
    if here.device() is not None:
        pytest.skip(f"{here.device()} opens here: what is said without it was not tried")
    assert here.words.startswith("all clips by the processor (")
    monkeypatch.setattr(hardware_decoding, "DEVICES", ())
    assert "no hardware decoders" in HardwareDecoding().words


def test_the_venue_can_keep_the_film_away_from_the_card() -> None:
    assert "hardware_decoding" in decoding(ScreenSettings(hardware_decoding="off")).what
    here = HardwareDecoding()
    here.allowed = False
    assert here.device() is None


def test_only_heavy_clips_go_to_the_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(HardwareDecoding, "device", lambda _self: asked.append("asked"))  # a mock: it counts
    file = str(make_clip(tmp_path / "a.mkv", 1, 0.2, SIZE))
    assert open_film(file, HEAVY_THREADS - 1) is None
    assert not asked
    assert open_film(file, HEAVY_THREADS) is None
    assert asked


def test_a_device_that_does_not_open_a_film_is_given_up_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if "cuda" not in hwdevices_available() or HardwareDecoding().device() is not None:
        pytest.skip("a card that is known and does not open is not here")
    here = HardwareDecoding()
    here._device = "cuda"  # a mock: as if it had opened before
    monkeypatch.setattr(hardware_decoding, "hardware", here)
    assert open_film(str(make_clip(tmp_path / "a.mkv", 1, 0.2, SIZE)), HEAVY_THREADS) is None
    assert here.device() is None
    assert "the processor decodes from now on" in caplog.text


def test_a_codec_that_the_card_does_not_have_is_the_processors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = HardwareDecoding()
    here._device = "opencl"  # a mock: a device that decodes nothing
    monkeypatch.setattr(hardware_decoding, "hardware", here)
    assert open_film(str(make_clip(tmp_path / "a.mkv", 1, 0.2, SIZE)), HEAVY_THREADS) is None
    assert here.device() == "opencl", "others may still be decoded by it"


@pytest.mark.parametrize("after", [0, 20])
def test_where_the_card_gives_up_the_processor_goes_on_without_a_picture_lost(
    after: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def card(file: str, _threads: int) -> InputContainer:  # a mock: FFmpeg on the processor, which stops like a card
        monkeypatch.setattr(video_decoder, "read_frames", failing)
        return av.open(file)

    def failing(*given: object) -> object:
        monkeypatch.setattr(video_decoder, "read_frames", read_frames)
        readings = read_frames(*given)  # type: ignore[arg-type]
        for _ in range(2 * after):
            yield next(readings)
        raise Unplayable("the card is gone")

    monkeypatch.setattr(video_decoder, "open_film", card)
    monkeypatch.setattr(video_decoder, "hardware", HardwareDecoding())
    with cinema() as house:
        house.film.play(1, "a", Clip(make_clip(tmp_path / "a.mkv", 1, 1.0, SIZE)))
        house.run_until(lambda: house.film.playhead.entry == 1)
        house.run(1.2)
        assert house.marks() == [(1, number) for number in range(30)]
        assert not house.film.playhead.failed


def test_a_clip_that_the_card_decodes_is_not_too_heavy_for_the_processor() -> None:
    heavy = Inspection(seconds=2.0, busy_seconds=8.0, scaling_seconds=0.5, threads=HEAVY_THREADS)
    assert heavy.is_too_heavy(4)
    assert not heavy.is_too_heavy(4, card=True)
    light = Inspection(seconds=2.0, busy_seconds=8.0, scaling_seconds=0.5, threads=HEAVY_THREADS - 1)
    assert light.is_too_heavy(4, card=True)
