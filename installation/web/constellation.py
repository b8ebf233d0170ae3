"""A component of Constellation (Exhibitera), the museum's exhibit control: tells its server each five seconds that the
show lives and what is lost, and takes the commands that come back.

By its documented interface, https://github.com/Cosmic-Chatter/Constellation (hub/README-API.md: ``/system/ping``).
Restart and shutdown, which its server sends to a helper on the machine without a password, are not offered.
"""

from __future__ import annotations

import http.client
import json
import threading
import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from installation.web.live import Live
from installation.web.stage_line import StageLine

EVERY_SECONDS, ANSWER_WITHIN = 5.0, 3.0
STATE_WITHIN = 3.0
ANSWER_AT_MOST, COMMANDS_AT_MOST = 65_536, 10
WHO = "Constellation"
COMMANDS: dict[str, tuple[Any, ...]] = {
    "pauseVideo": ("pause",),
    "playVideo": ("resume",),
    "sleepDisplay": ("close",),
    "power_off": ("close",),
    "wakeDisplay": ("open",),
    "power_on": ("open",),
    "reloadDefaults": ("attract",),
}
"""Its commands, and ours with their arguments: the doors are closed when the running take has ended."""
PERMISSIONS = {"sleep": True, "restart": False, "shutdown": False}


class Constellation:
    """Pings in a thread of its own until closed; a server that is away or hangs holds up nobody."""

    def __init__(self, hello: Mapping[str, Any], live: Live, stage: StageLine, every: float = EVERY_SECONDS) -> None:
        self._server, self._name, self._group = hello["constellation"]
        self._uuid = str(uuid.uuid5(uuid.NAMESPACE_URL, f"chiaroscuro {hello['state_folder']} {self._name}"))
        self._hello, self._live, self._stage, self._every = hello, live, stage, every
        self._closing = threading.Event()

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, name="constellation", daemon=True).start()

    def close(self) -> None:
        """Ping no more."""
        self._closing.set()

    def ping(self) -> dict[str, Any]:
        """What the server is told now."""
        state = self._live.newest_within("state", STATE_WITHIN)
        senses = state["senses"] if state else ()
        error = {sense["name"]: sense["words"] for sense in senses if sense["state"] == "lost"}
        return {
            "uuid": self._uuid,
            "id": self._name,
            "group": self._group,
            "type": self._group,
            "permissions": PERMISSIONS,
            "currentInteraction": bool(state and state["in_take"]),
            "error": error if state else {"show": "says nothing"},
            "platform_details": {"app": f"chiaroscuro {self._hello['version']}"},
        }

    def _run(self) -> None:
        while not self._closing.wait(self._every):
            with suppress(OSError, ValueError, http.client.HTTPException):  # away; it is asked again
                for command in self._exchange()[:COMMANDS_AT_MOST]:
                    if isinstance(command, str) and command in COMMANDS:
                        self._stage.say(WHO, *COMMANDS[command])

    def _exchange(self) -> list[Any]:
        """Send one ping; the commands that come back."""
        connection = http.client.HTTPConnection(self._server, timeout=ANSWER_WITHIN)
        try:
            body = json.dumps(self.ping())
            connection.request("POST", "/system/ping", body, {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read(ANSWER_AT_MOST))
        finally:
            connection.close()
        commands = answer.get("commands", []) if isinstance(answer, dict) else []
        return commands if isinstance(commands, list) else []
