"""Where one visitor's head is turned, how far away it is and whether the eyes are shut: smoothed, or unknown."""

from __future__ import annotations

import math

from calibration.settings import CameraSettings
from models.estimate import EmotionEstimate
from models.seeing.head_pose import HeadPose, facing, head_pose

SMOOTH_SECONDS = 0.25
"""Memory of the mean of angles and sizes; eyes are shut for longer than a blink before they are told so."""
KNOWN_SECONDS = 0.5
"""After so long without landmarks that can be relied on, nothing is known any more."""
EYES_APART_METRES = 0.063
"""Of adults in the mean; a person's differ by 6 % (Dodgson, "Variation and extrema of human interpupillary distance",
2004), and the distance with it. Children's are less apart: they seem further away."""
LEARN_SECONDS = 1.0
"""How long a visitor's own eyes are looked at before they can be told to be shut."""
SHUT_ABOVE, OPEN_BELOW = 1.0, 0.5
"""Log odds above the visitor's own open eyes at which they are shut, and open again."""
OPEN_MEMORY_SECONDS = 20.0
TURNED, LOWERED = 30.0, -20.0
"""Degrees of yaw, and of pitch below which lids hide open eyes: nothing is known of them there."""


class Attention:
    """What is known of one visitor; ends with the track. ``camera``: where it stands, and its lens. Time is given."""

    def __init__(self, camera: CameraSettings) -> None:
        self._camera = camera
        self._pose: HeadPose | None = None
        self._focal_pixels: float | None = None
        self._seen_at = -math.inf
        self._eyes = _Eyes()

    def update(self, estimate: EmotionEstimate, frame_size: tuple[int, int], now: float) -> HeadPose | None:
        """Take in one look at the visitor, in a frame of ``frame_size`` (width, height) pixels. Returns its pose."""
        pose = head_pose(estimate.detection.landmarks)
        if pose is None:
            return None
        seconds = now - self._seen_at
        self._pose = pose if self._pose is None or seconds > KNOWN_SECONDS else _mean(self._pose, pose, seconds)
        self._focal_pixels = focal_pixels(self._camera, frame_size)
        self._seen_at = now
        log_odds = None if estimate.age_seconds else estimate.eyes_shut
        if log_odds is not None and abs(pose.yaw) < TURNED and pose.pitch > LOWERED:
            self._eyes.update(log_odds, now)
        return pose

    def at(self, now: float) -> dict[str, float | bool | None]:
        """The fields of a ``VisitorMood``; None where nothing is known."""
        pose, camera = self._pose, self._camera
        if pose is None or now - self._seen_at > KNOWN_SECONDS:
            return {}
        focal = self._focal_pixels
        return {
            "facing": facing(pose.yaw, pose.pitch, camera.screen_yaw_degrees, camera.screen_pitch_degrees),
            "yaw": pose.yaw,
            "pitch": pose.pitch,
            "roll": pose.roll,
            "distance": None if focal is None else EYES_APART_METRES * focal / pose.eyes_apart,
            "eyes_shut": self._eyes.shut_at(now),
        }


class _Eyes:
    """Whether a visitor's eyes are shut, against how they look when open."""

    def __init__(self) -> None:
        self._level = self._open = 0.0
        self._seen, self._seen_at = 0.0, -math.inf
        self._shut = False

    def shut_at(self, now: float) -> bool | None:
        known = self._seen >= LEARN_SECONDS and now - self._seen_at <= KNOWN_SECONDS
        return self._shut if known else None

    def update(self, log_odds: float, now: float) -> None:
        seconds, self._seen_at = now - self._seen_at, now
        if math.isinf(seconds):
            self._level = self._open = log_odds
            return
        self._level += _part(seconds, SMOOTH_SECONDS) * (log_odds - self._level)
        self._seen += min(seconds, KNOWN_SECONDS)
        self._shut = self._level - self._open > (OPEN_BELOW if self._shut else SHUT_ABOVE)
        learns = self._seen < LEARN_SECONDS or self._level < self._open  # they were half shut before
        if learns or not self._shut:
            memory = SMOOTH_SECONDS if learns else OPEN_MEMORY_SECONDS
            self._open += _part(seconds, memory) * (self._level - self._open)


def focal_pixels(camera: CameraSettings, frame_size: tuple[int, int]) -> float | None:
    """The lens' focal length in pixels of a frame of ``frame_size`` (width, height); None: the venue does not say."""
    if camera.field_of_view_degrees is None:
        return None
    across = frame_size[0 if camera.rotate_degrees in (0, 180) else 1]
    return across / 2 / math.tan(math.radians(camera.field_of_view_degrees) / 2)


def _mean(old: HeadPose, new: HeadPose, seconds: float) -> HeadPose:
    """The exponential mean, ``seconds`` after the last look."""
    part = _part(seconds, SMOOTH_SECONDS)
    return HeadPose(
        old.yaw + part * (new.yaw - old.yaw),
        old.pitch + part * (new.pitch - old.pitch),
        old.roll + part * (new.roll - old.roll),
        old.eyes_apart + part * (new.eyes_apart - old.eyes_apart),
    )


def _part(seconds: float, memory: float) -> float:
    return 1.0 - math.exp(-seconds / memory)
