"""What eight stems cost, and whether they keep step: mixed as for a device, each level on its way all the time."""

from __future__ import annotations

import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from installation.bench.report import Figure
from installation.film.audio_decoder import RATE, AudioDecoder
from installation.film.mixer import Mixer
from installation.film.mixer_voice import MixerVoice
from installation.film.scene_sound import SceneSound, Stems
from installation.film.sound import CHUNK
from scenes.story.clip import Clip, Stem

STEMS, PASS_SECONDS, SECONDS = 8, 0.6, 30.0


def stem_figures(folder: Path) -> Iterator[Figure]:
    """Processor for a second of sound, samples out of step, and the longest time that one chunk took."""
    files = [_numbered(folder / f"stem{number}.wav") for number in range(STEMS)]
    silent = _numbered(folder / "silent.wav", 0)
    # Their lines cross: what goes up in one goes down in its neighbour, so that all together are always one.
    clip = Clip(silent, loop=True, stems=tuple(Stem(file, volume=1 / 4) for file in files))
    own, stems = AudioDecoder(silent, 0.0, PASS_SECONDS, loop=True), Stems(clip, PASS_SECONDS)
    for decoder in (*stems.sounds, own):
        decoder.ready.wait(10.0)
    mixer = Mixer(1.0, mute=False)
    stems.go([number % 2 for number in range(STEMS)])
    mixer.add(MixerVoice(SceneSound(own, stems), 0))
    heard, longest, cpu = [], 0.0, time.process_time()
    begun = time.monotonic()
    while mixer.head < SECONDS * RATE:
        stems.go([(number + mixer.head // RATE) % 2 for number in range(STEMS)])
        before = time.monotonic()
        heard.append(mixer.mix(CHUNK)[:, 0].astype(int))
        longest = max(longest, time.monotonic() - before)
        time.sleep(max(0.0, begun + mixer.head / RATE / 2 - time.monotonic()))  # twice as quick as it is heard
    cpu = time.process_time() - cpu
    own.close()
    stems.close()
    out = np.concatenate(heard)
    expected = np.arange(len(out)) % round(PASS_SECONDS * RATE) // 4 * 4 + 4
    missed = sum(sound.missed for sound in stems.sounds)
    yield Figure(f"{STEMS} stems, processor for a second of sound", cpu / (len(out) / RATE) * 1000, "ms")
    yield Figure(
        f"{STEMS} stems, samples out of step in {SECONDS:g} s", int((np.abs(out - expected) > 1).sum()), "samples"
    )
    yield Figure(f"{STEMS} stems, samples asked for before they were decoded", missed, "samples")
    yield Figure(f"{STEMS} stems, longest chunk of {CHUNK / RATE * 1000:.0f} ms", longest * 1000, "ms")


def _numbered(path: Path, factor: int = 1) -> Path:
    numbers = np.arange(round(PASS_SECONDS * RATE)) // 4 * 4 + 4
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.repeat(numbers * factor, 2).astype("<i2").tobytes())
    return path
