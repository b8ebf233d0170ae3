"""The way that most takes went, as a course: the drawing that each visitor saw of their own, here of all together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from installation.drawings.course_svg import Course, Curve, Run, Turn, Visit, course_svg
from installation.report.figures import Flow, Report, SceneFigures
from installation.report.words import Words
from models.labels import LABELS


def usual_way_svg(report: Report, words: Words) -> str:
    """The drawing; '' where no way of two scenes is told, or nothing of their moods."""
    course = usual_way(report, words)
    return course_svg(course, words("usual_title"), least=720) if course else ""


def usual_way(report: Report, words: Words) -> Course | None:
    """From the scene in which most takes began, always to where most went on; as long as each scene's film is."""
    scenes = {scene.name: scene for scene in report.scenes}
    way = _way(report.flows, scenes)
    if len(way) < 2 or not any(scene.moods for scene in way):
        return None
    visits, at = [], 0.0
    for scene in way:
        visits.append(Visit(scene.name, at))
        at += scene.seconds or 0.0
    turns = []
    for (before, after), visit in zip(pairwise(way), visits[1:], strict=True):
        out = [flow for flow in report.flows if flow.source == before.name]
        led = next(flow for flow in out if flow.target == after.name)
        went = words("usual_went", part=words.count(led.takes), whole=words.count(_told(out)))
        turns.append(Turn(visit.begin, after.name, went))
    curves = tuple(_curve(number, way, visits, words) for number in range(len(LABELS)))
    return Course(at, tuple(visits), tuple(turns), curves)


def _way(flows: Sequence[Flow], scenes: dict[str, SceneFigures]) -> list[SceneFigures]:
    """Only counts that are told lead on, and only to scenes whose length is known."""
    way: list[SceneFigures] = []
    name = ""
    while True:
        out = [flow for flow in flows if flow.source == name and flow.takes is not None]
        led = max(out, key=lambda flow: flow.takes or 0, default=None)
        scene = scenes.get(led.target) if led else None
        if scene is None or not scene.seconds or scene in way:
            return way
        way.append(scene)
        name = scene.name


def _told(flows: Sequence[Flow]) -> int | None:
    """The sum; None where a part of it is not told."""
    return None if any(flow.takes is None for flow in flows) else sum(flow.takes or 0 for flow in flows)


def _curve(number: int, way: Sequence[SceneFigures], visits: Sequence[Visit], words: Words) -> Curve:
    runs: list[list[tuple[float, float]]] = [[]]
    for scene, visit in zip(way, visits, strict=True):
        for part in scene.moods:
            if part.probabilities is None:
                runs.append([])
            else:
                middle = (part.begin + part.end) / 2 * (scene.seconds or 0.0)
                runs[-1].append((visit.begin + middle, part.probabilities[number]))
    found: tuple[Run, ...] = tuple(run for run in runs if run)
    return Curve(words.emotion(LABELS[number]), LABELS[number], found)
