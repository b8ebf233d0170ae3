"""``GET /metrics``: the show in figures, as Prometheus collects them.

Counters of the whole show and the state of its machine, made from the newest documents at each scrape. No mood, no
place and no count of who is there: those of single moments would be of single visitors, and Prometheus keeps them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from installation.web.incoming import caller_of
from installation.web.live import Live

if TYPE_CHECKING:
    from prometheus_client.core import Metric

STATE_WITHIN, MACHINE_WITHIN = 3.0, 10.0
"""Seconds; what is older is not told. The page calls itself stale after the first too."""
STATES = ("closed", "attract", "playing", "deciding", "transition", "paused", "blackout", "fault")
SENSES = (
    *("camera", "eye", "film", "sound", "display", "OSC control", "OSC out", "lamps", "timecode", "broker"),
    *("journal", "disk", "machine", "power", "clock"),
)
OTHER = "other"
"""Where a label has none of the names above: a name of somebody's own must not begin a series of its own."""
COUNTERS = {
    "pictures": ("chiaro_film_pictures", "Pictures of the film shown."),
    "late": ("chiaro_film_pictures_late", "Pictures shown later than their time."),
    "dropped": ("chiaro_film_pictures_dropped", "Pictures left out because their time was over."),
    "repeated": ("chiaro_film_pictures_repeated", "Pictures shown again because the next was not ready."),
    "sound_gaps": ("chiaro_sound_gaps", "Gaps in the sound."),
    "takes": ("chiaro_takes", "Takes begun: a visitor's way through the film."),
    "visits": ("chiaro_visits", "Visits: somebody came before the camera."),
    "losses": ("chiaro_losses", "Losses of a part of the machine that were reported."),
}
GAUGES = {
    "film_fps": ("chiaro_film_pictures_per_second", "Pictures of the film shown per second."),
    "eye_fps": ("chiaro_eye_frames_per_second", "Frames of the camera analysed per second."),
    "drift": ("chiaro_light_drift_stops", "Change of the light since the calibration; from 1 up, calibrate again."),
}
SWITCHES = ("paused", "blackout", "mute", "closed", "camera")
MACHINE = {
    "memory_total": ("chiaro_machine_memory_total_bytes", "Memory of the machine."),
    "memory_used": ("chiaro_machine_memory_used_bytes", "Memory that is in use."),
    "temperature": ("chiaro_machine_temperature_celsius", "The hottest of what the kernel measures."),
    "disk_free": ("chiaro_machine_disk_free_bytes", "Free on the disk of the state folder."),
    "uptime": ("chiaro_machine_uptime_seconds", "Since the machine's start."),
}


class ShowCollector:
    """The newest documents as metrics; a collector of ``prometheus_client``."""

    def __init__(self, hello: Mapping[str, Any], live: Live) -> None:
        self._hello, self._live = hello, live

    def collect(self) -> Iterator[Metric]:
        """All that is known now; of a show that says nothing, only that it is not up."""
        from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily

        state = self._live.newest_within("state", STATE_WITHIN)
        yield GaugeMetricFamily("chiaro_up", "1 while the show tells its state.", float(state is not None))
        build = {"version": self._hello["version"], "room": self._hello["room"]}
        yield InfoMetricFamily("chiaro_show", "Version of chiaroscuro, and the venue's name.", build)
        yield GaugeMetricFamily(
            "chiaro_show_start_time_seconds", "Unix time of the show's start.", self._hello["started_at"]
        )
        pages = self._live.newest.get("operators", {}).get("pages", 0)
        yield GaugeMetricFamily("chiaro_console_pages", "Pages of the console that are open.", pages)
        if state:
            yield from self._of_state(state)
        machine = self._live.newest_within("machine", MACHINE_WITHIN)
        if machine:
            yield from _of_machine(machine)

    def _of_state(self, state: Mapping[str, Any]) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        counters, controls = state["counters"], state["controls"]
        for key, (name, words) in COUNTERS.items():
            yield CounterMetricFamily(name, words, counters[key], created=self._hello["started_at"])
        for key, (name, words) in GAUGES.items():
            yield GaugeMetricFamily(name, words, counters[key])
        yield GaugeMetricFamily(
            "chiaro_eye_trusted",
            "1 while the room can be judged; 0: not that nobody is there.",
            state["mood"]["trusted"],
        )
        yield GaugeMetricFamily("chiaro_volume_ratio", "Master volume, 0 to 1.", controls["volume"])
        yield GaugeMetricFamily("chiaro_brightness_ratio", "Brightness of the picture, 0 to 1.", controls["brightness"])
        switches = GaugeMetricFamily("chiaro_switch", "1 while an operator's switch is on.", labels=["switch"])
        for name in SWITCHES:
            switches.add_metric([name], controls[name])
        yield switches
        states = GaugeMetricFamily("chiaro_show_state", "1 for what the show does now.", labels=["state"])
        now = state["word"] if state["word"] in STATES else OTHER
        for name in (*STATES, OTHER):
            states.add_metric([name], float(name == now))
        yield states
        yield from _of_senses(state["senses"])


def _of_senses(senses: list[Mapping[str, Any]]) -> Iterator[Metric]:
    from prometheus_client.core import GaugeMetricFamily

    lost, off = (
        GaugeMetricFamily("chiaro_sense_lost", "1 while this part of the machine is lost.", labels=["sense"]),
        GaugeMetricFamily("chiaro_sense_off", "1 while this part is switched off.", labels=["sense"]),
    )
    for name in (*SENSES, OTHER):
        mine = {sense["state"] for sense in senses if (sense["name"] if sense["name"] in SENSES else OTHER) == name}
        if mine or name == OTHER:
            lost.add_metric([name], float("lost" in mine))
            off.add_metric([name], float("off" in mine))
    yield lost
    yield off


def _of_machine(machine: Mapping[str, Any]) -> Iterator[Metric]:
    from prometheus_client.core import GaugeMetricFamily

    busy = GaugeMetricFamily("chiaro_machine_core_busy_ratio", "How busy each core is, 0 to 1.", labels=["core"])
    for number, load in enumerate(machine["load"]):
        busy.add_metric([str(number)], load)
    yield busy
    for key, (name, words) in MACHINE.items():
        if machine[key] is not None:
            yield GaugeMetricFamily(name, words, machine[key])


def metrics_route(hello: Mapping[str, Any], live: Live) -> Route:
    """The route, for whoever may look; a scraper shows a token as ``Authorization: Bearer``."""

    async def metrics(request: Request) -> Response:
        caller_of(request)
        from prometheus_client import CollectorRegistry  # 5 MB that a console without Prometheus does not need
        from prometheus_client.exposition import choose_encoder

        registry = CollectorRegistry(auto_describe=False)
        registry.register(ShowCollector(hello, live))
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), headers={"content-type": kind})

    return Route("/metrics", metrics)
