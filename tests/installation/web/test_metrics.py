"""What Prometheus is told, read by the parsers of prometheus-client, and the dashboard that asks for it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from installation.show.console_state import PARTS_OF
from installation.web import metrics
from installation.web.document import Counters, SenseNow
from installation.web.live import Live
from installation.web.metrics import ShowCollector
from scenes.machine.cue import ShowState
from tests.installation.web.stage_double import made_state

HELLO = {"version": "1.2", "room": 'Hall "2"\n', "started_at": 1000.0}
MACHINE = {"load": [0.5, 0.1], "memory_total": 8, "memory_used": 4, "temperature": None, "disk_free": 7, "uptime": 9.0}


class Clock:
    """Monotonic seconds, as the test says."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def told(clock: Clock, **changes: Any) -> tuple[Live, CollectorRegistry]:
    live = Live(clock)
    live.heard(made_state(240, **changes).model_dump(mode="json"), b"{}")
    live.publish("machine", MACHINE)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(ShowCollector(HELLO, live))
    return live, registry


def families(registry: CollectorRegistry) -> dict[str, Metric]:
    return {family.name: family for family in read_text(generate_latest(registry).decode())}


def test_both_formats_are_read_by_prometheus_own_parsers() -> None:
    _, registry = told(Clock())
    plain, openmetrics = (
        {sample for family in found for sample in ((one.name, *one.labels.items()) for one in family.samples)}
        for found in (
            read_text(generate_latest(registry).decode()),
            read_openmetrics(generate_openmetrics(registry).decode()),  # type: ignore[no-untyped-call]
        )
    )
    assert ("chiaro_film_pictures_total",) in plain
    assert plain <= openmetrics | {name for name in plain if str(name[0]).endswith("_created")}


def test_names_have_base_units_and_each_says_what_it_is() -> None:
    _, registry = told(Clock())
    for name, family in families(registry).items():
        assert name.startswith("chiaro_"), name
        assert family.documentation, name
        assert not name.endswith(("_ms", "_percent", "_megabytes", "_minutes")), name
        assert family.type != "counter" or all(s.name.endswith(("_total", "_created")) for s in family.samples)


def test_each_counter_of_the_stage_is_told() -> None:
    beat = {"beat"}  # its age is chiaro_up
    assert set(Counters.model_fields) == set(metrics.COUNTERS) | set(metrics.GAUGES) | beat


def test_the_names_of_senses_and_states_are_those_of_the_show() -> None:
    assert tuple(PARTS_OF) == metrics.SENSES
    assert {state.name.lower() for state in ShowState} == set(metrics.STATES)


def test_a_show_that_says_nothing_is_not_up_and_leaves_no_old_figure() -> None:
    clock = Clock()
    _, registry = told(clock)
    assert families(registry)["chiaro_up"].samples[0].value == 1
    clock.now += metrics.STATE_WITHIN + 0.1
    found = families(registry)
    assert found["chiaro_up"].samples[0].value == 0
    about_the_show = {"chiaro_up", "chiaro_show", "chiaro_show_start_time_seconds", "chiaro_console_pages"}
    assert {name for name in found if not name.startswith("chiaro_machine_")} <= about_the_show | {"chiaro_show_info"}
    clock.now += metrics.MACHINE_WITHIN
    assert not any(name.startswith("chiaro_machine_") for name in families(registry))


def test_names_of_somebody_s_own_begin_no_series() -> None:
    def made(words: str) -> set[tuple[Any, ...]]:
        lost = tuple(SenseNow(name=f"{words} {n}", state="lost", words=words, since=None) for n in range(30))
        _, registry = told(Clock(), senses=lost, word=words, title=words, way=(words,))
        return {(s.name, *s.labels.items()) for family in families(registry).values() for s in family.samples}

    assert made("scene one") == made("scene two")
    _, registry = told(Clock(), senses=(SenseNow(name="scene x", state="lost", words="", since=None),))
    lost = families(registry)["chiaro_sense_lost"].samples
    assert [(s.labels["sense"], s.value) for s in lost] == [("other", 1.0)]


def test_what_the_show_does_now_is_one_of_its_states() -> None:
    for word in (*metrics.STATES, "something new"):
        _, registry = told(Clock(), word=word)
        states = {s.labels["state"]: s.value for s in families(registry)["chiaro_show_state"].samples}
        assert [state for state, value in states.items() if value] == [word if word in metrics.STATES else "other"]


def test_no_mood_no_place_and_no_count_of_visitors_is_told() -> None:
    _, calm = told(Clock())
    mood = made_state(240).mood
    other = mood.model_copy(
        update={"dominant": "anger", "confidence": 0.1, "valence": -1.0, "count": 4, "probabilities": {}}
    )
    _, angry = told(Clock(), mood=other, visitors=())
    assert generate_latest(calm) == generate_latest(angry)


def test_what_this_machine_does_not_measure_is_left_out() -> None:
    _, registry = told(Clock())
    found = families(registry)
    assert "chiaro_machine_temperature_celsius" not in found
    assert found["chiaro_machine_disk_free_bytes"].samples[0].value == 7
    assert [s.labels["core"] for s in found["chiaro_machine_core_busy_ratio"].samples] == ["0", "1"]


DASHBOARD = json.loads((Path(__file__).parents[3] / "docs/integrations/grafana.json").read_text())


def test_each_figure_of_the_dashboard_is_told() -> None:
    _, registry = told(Clock())
    known = {sample.name for family in families(registry).values() for sample in family.samples}
    known |= {name for name, _ in metrics.MACHINE.values()}  # where the machine measures it
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            asked = set(re.findall(r"chiaro_\w+", target["expr"]))
            assert asked, panel["title"]
            assert asked <= known, panel["title"]
    for variable in DASHBOARD["templating"]["list"]:
        assert set(re.findall(r"chiaro_\w+", str(variable["query"]))) <= known


def test_the_dashboard_has_what_grafana_asks_of_one() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert {panel["type"] for panel in panels} <= {"stat", "timeseries", "state-timeline"}  # in Grafana itself
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))  # no panel lies on another
    assert max(x for x, _ in cells) < 24
    for panel in panels:
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        letters = [target["refId"] for target in panel["targets"]]
        assert len(set(letters)) == len(letters)
    assert DASHBOARD.get("id") is None  # else it would overwrite somebody's dashboard of that number
    assert len(DASHBOARD["uid"]) <= 40
