"""Displays at the machine itself, switched by the system's own programs: X11's DPMS, Wayland's outputs, HDMI-CEC."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence

from calibration.files import shown
from installation.house.display_driver import DisplayFault, Lamp

DEADLINE_SECONDS = 10.0
PACKAGES = {"xset": "x11-xserver-utils", "wlopm": "wlopm", "wlr-randr": "wlr-randr", "cec-client": "cec-utils"}


def run(words: Sequence[str], typed: str = "") -> str:
    """What a program prints, within its deadline. Raises ``DisplayFault``."""
    program = words[0]
    found = shutil.which(program)
    if found is None:
        raise DisplayFault(f"{program} is not installed (apt-get install {PACKAGES.get(program, program)})")
    try:
        done = subprocess.run(  # noqa: S603 - one of PACKAGES, with words of ours and the name of an output
            [found, *words[1:]], input=typed, capture_output=True, timeout=DEADLINE_SECONDS, text=True, errors="replace"
        )
    except subprocess.TimeoutExpired:
        raise DisplayFault(f"{program} does not answer within {DEADLINE_SECONDS:g} s") from None
    except OSError as error:
        raise DisplayFault(f"{program} cannot be run: {error.strerror or error}") from error
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or f"it ended with code {done.returncode}").splitlines()[0]
        raise DisplayFault(f"{program}: {shown(said, 200)}")
    return done.stdout


class DpmsDriver:
    """X11: the monitor's power saving."""

    def lamp(self) -> Lamp:
        """On, or in one of the three ways to be dark."""
        said = run(["xset", "q"])
        if "does not have the DPMS Extension" in said:
            raise DisplayFault("the X server has no DPMS: it cannot switch a display off")
        found = re.search(r"Monitor is (?:in )?(\w+)", said)
        return Lamp.UNKNOWN if found is None else Lamp.ON if found[1] == "On" else Lamp.OFF

    def switch(self, on: bool) -> None:
        """Force it; no timer does it afterwards."""
        run(["xset", "dpms", "0", "0", "0"])
        run(["xset", "dpms", "force", "on" if on else "off"])

    def remarks(self) -> tuple[str, ...]:
        """A monitor tells nothing."""
        return ()


class WlrDriver:
    """Wayland (sway, cage, labwc, wayfire): by wlopm, or by wlr-randr where that is what there is."""

    def __init__(self, output: str) -> None:
        self._output = output

    def lamp(self) -> Lamp:
        """On where every output that is meant is on."""
        states = [on for name, on in self._outputs().items() if self._output in ("*", name)]
        if not states:
            raise DisplayFault(f"there is no output {self._output!r}; there are {', '.join(self._outputs()) or 'none'}")
        return Lamp.ON if all(states) else Lamp.OFF

    def switch(self, on: bool) -> None:
        """Each output that is meant."""
        for name in self._outputs():
            if self._output in ("*", name):
                flag = "--on" if on else "--off"
                run(["wlopm", flag, name] if _has_wlopm() else ["wlr-randr", "--output", name, flag])

    def remarks(self) -> tuple[str, ...]:
        """An output tells nothing."""
        return ()

    def _outputs(self) -> dict[str, bool]:
        """Whether each output is on, by its name."""
        if _has_wlopm():
            pairs = [line.split() for line in run(["wlopm"]).splitlines()]
            return {pair[0]: pair[1] == "on" for pair in pairs if len(pair) == 2}
        said = run(["wlr-randr"])
        found = re.findall(r"^(\S+) .*\n(?:\s.*\n)*?\s+Enabled: (yes|no)", said, re.MULTILINE)
        return {name: enabled == "yes" for name, enabled in found}


def _has_wlopm() -> bool:
    return shutil.which("wlopm") is not None


class CecDriver:
    """A television on HDMI, by cec-client of cec-utils."""

    def lamp(self) -> Lamp:
        """As the television says."""
        found = re.search(r"power status: (.+)", self._say("pow 0"))
        said = found[1].strip() if found else ""
        if said.startswith("in transition"):
            return Lamp.WARMING if said.endswith("to on") else Lamp.COOLING
        return {"on": Lamp.ON, "standby": Lamp.OFF}.get(said, Lamp.UNKNOWN)

    def switch(self, on: bool) -> None:
        """On, and to our input; or to standby."""
        self._say("on 0\nas" if on else "standby 0")

    def remarks(self) -> tuple[str, ...]:
        """A television tells nothing."""
        return ()

    def _say(self, words: str) -> str:
        return run(["cec-client", "-s", "-d", "1"], typed=f"{words}\n")
