"""Whether one visitor speaks: the mouth opens and closes again and again, as it does with syllables.

A smile, a held open mouth or a yawn moves the mouth once and back; speech turns it round several times a second.
Chewing and laughing look alike, and are told as speech; a single word is not.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from models.arrays import Doubles
from models.labels import LABELS
from models.seeing.head_pose import HeadPose

SMOOTH_SECONDS = 0.04
LEAST_SWING, MOST_SWING = 0.035, 0.08
"""Eye distances by which the mouth must open or close to count (0.05 is 3 mm of an adult)."""
ABOVE_QUIET = 5.5
"""It must move by so many deviations of what it trembles in quiet stretches: noise, landmarks that are not still."""
STRETCH_SECONDS, STRETCHES, QUIETER = 0.6, 12, 4
"""How long such a stretch is, of how many the last are known, and of how many one is quieter than what counts."""
TURNS, WITHIN_SECONDS = 4, 1.2
"""So many turns from opening to closing or back, within so long: two syllables."""
SILENT_SECONDS = 1.0
"""Without a turn for so long nobody speaks any more."""
LEARN_SECONDS = 1.0
"""How long a mouth is looked at before anything is told of it."""
KNOWN_SECONDS = 0.5
"""After so long without a look at the mouth nothing is known, and what was seen of its movement is forgotten."""
SLOWEST, OVER_SECONDS = 0.155, 1.0
"""Mean seconds from look to look, of the last second, above which syllables fall between the looks."""
LIT = 35.0
"""Mean of a face (of 255) above which what moves the mouth much is no noise."""
TURNED, TURNING = 25.0, 4.0
"""Degrees of yaw, and off the head's own mean, beyond which the head moves what is seen of the mouth."""
TURN_SECONDS = 0.25
SYLLABLE_SECONDS = 0.6
"""An emotion that the mouth alone can make counts as its lowest in so long, while somebody speaks."""
OF_THE_MOUTH = np.array([LABELS.index("happiness"), LABELS.index("surprise")])


class Speech:
    """What is known of one visitor's mouth; ends with the track. Time is given, monotonic seconds."""

    def __init__(self) -> None:
        self._seen_since = self._seen_at = -math.inf
        self._every = 0.0
        self._level = self._extreme = 0.0
        self._rising: bool | None = None
        self._turns: deque[float] = deque(maxlen=TURNS)
        self._speaking = self._dark = False
        self._stretch: list[float] = []
        self._stretch_since = 0.0
        self._trembles: deque[float] = deque(maxlen=STRETCHES)
        self._pose: tuple[float, float] | None = None
        self._posed_at = 0.0
        self._shown: deque[tuple[float, Doubles]] = deque()

    def update(self, opening: float | None, pose: HeadPose | None, now: float, luminance: float = 255.0) -> None:
        """The mouth is open by ``opening`` (``models.seeing.mouth``; None: not seen) in a look at ``now``.

        ``luminance``: mean of the face, of 255.
        """
        self._dark = luminance < LIT
        if pose is None or self._turning(pose, now) or opening is None or not math.isfinite(opening):
            return
        seconds, self._seen_at = now - self._seen_at, now
        if seconds > KNOWN_SECONDS:
            self._begin(opening, now)
            return
        self._every += (1.0 - math.exp(-seconds / OVER_SECONDS)) * (seconds - self._every)
        self._level += (1.0 - math.exp(-seconds / SMOOTH_SECONDS)) * (opening - self._level)
        self._learn_quiet(now)
        if self._turned():
            self._turns.append(now)
            self._speaking |= len(self._turns) == TURNS and now - self._turns[0] <= WITHIN_SECONDS
        if self._speaking and now - self._turns[-1] > SILENT_SECONDS:
            self._speaking = False

    def at(self, now: float) -> bool | None:
        """Whether the visitor speaks; None: not known."""
        looked = now - self._seen_at <= KNOWN_SECONDS and self._seen_at - self._seen_since >= LEARN_SECONDS
        noisy = self._dark and self._least_swing() > MOST_SWING
        return self._speaking if looked and self._every <= SLOWEST and not noisy else None

    def without_words(self, logs: Doubles, now: float) -> Doubles:
        """What the face shows, as logarithms (8,), without what only the words do to it.

        Happiness and surprise count as their lowest of the last ``SYLLABLE_SECONDS``: a smile lasts from word to
        word, an open mouth does not.
        """
        while self._shown and now - self._shown[0][0] > SYLLABLE_SECONDS:
            self._shown.popleft()
        self._shown.append((now, logs[OF_THE_MOUTH]))
        if not self.at(now):
            return logs
        calmer = logs.copy()
        calmer[OF_THE_MOUTH] = np.min([shown for _, shown in self._shown], axis=0)
        return calmer

    def _begin(self, opening: float, now: float) -> None:
        self._level = self._extreme = opening
        self._stretch, self._every = [], 0.0
        self._seen_since = self._stretch_since = now
        self._rising, self._speaking = None, False
        self._turns.clear()

    def _turning(self, pose: HeadPose, now: float) -> bool:
        """Whether the head turns or nods just now, or is turned away."""
        here = pose.yaw, pose.pitch
        part = 1.0 - math.exp(-max(now - self._posed_at, 0.0) / TURN_SECONDS)
        mean = self._pose or here
        self._pose = mean[0] + part * (here[0] - mean[0]), mean[1] + part * (here[1] - mean[1])
        self._posed_at = now
        off = max(abs(here[0] - self._pose[0]), abs(here[1] - self._pose[1]))
        return abs(pose.yaw) > TURNED or off > TURNING

    def _learn_quiet(self, now: float) -> None:
        self._stretch.append(self._level)
        if now - self._stretch_since >= STRETCH_SECONDS:
            if not self._speaking:
                self._trembles.append(float(np.std(self._stretch)))
            self._stretch, self._stretch_since = [], now

    def _least_swing(self) -> float:
        """By how much the mouth must move; above ``MOST_SWING`` its noise hides speech."""
        if not self._trembles:
            return MOST_SWING
        return max(ABOVE_QUIET * sorted(self._trembles)[len(self._trembles) // QUIETER], LEAST_SWING)

    def _turned(self) -> bool:
        """Whether the mouth has just turned from opening to closing, or back, by enough."""
        swing, level = min(self._least_swing(), MOST_SWING), self._level
        if self._rising is None:
            if abs(level - self._extreme) > swing:
                self._rising, self._extreme = level > self._extreme, level
            return False
        beyond = level - self._extreme if self._rising else self._extreme - level
        if beyond > 0:
            self._extreme = level
        elif beyond < -swing:
            self._rising, self._extreme = not self._rising, level
            return True
        return False
