"""Programs of the trade as receivers: each started for real, its words about what it heard read back as messages."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from installation.osc.encoder import header
from installation.osc.monitor import Tally

Heard = tuple[str, tuple[Any, ...]]
PROBE = "probe"
Started = tuple[list[str], Callable[[str], "Heard | None"], float, dict[str, str]]
"""Command, how a line is read, how exactly it prints numbers, and its environment."""


def free_port(kind: int = socket.SOCK_DGRAM) -> int:
    with socket.socket(socket.AF_INET, kind) as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


@dataclass
class Program:
    """A receiver that writes a line a message into a file."""

    process: subprocess.Popen[bytes]
    port: int
    output: Path
    read: Callable[[str], Heard | None]
    digits: float
    """How exactly it prints numbers: the relative step."""

    def heard(self) -> list[Heard]:
        """Everything but our probes. The last line may be half written, so it must end."""
        text = self.output.read_text(errors="replace")
        lines = text[: text.rfind("\n") + 1].splitlines()
        return [one for one in map(self.read, lines) if one and one[0] not in (f"/{PROBE}", [PROBE])]

    def settled(self, wanted: int) -> list[Heard]:
        """What it heard, as soon as it is so much; or after five seconds."""
        until = time.monotonic() + 5.0
        while len(heard := self.heard()) < wanted and time.monotonic() < until:
            time.sleep(0.05)
        return heard

    def close(self) -> None:
        self.process.kill()
        self.process.wait(timeout=5)


class Missing(Exception):
    """A program that is not installed; the words say how to install it."""


def start(name: str, folder: Path) -> Program:
    """Start the receiver ``name`` and wait till it hears. Raises ``Missing`` where it is not installed."""
    port, output = free_port(), folder / f"{name}.txt"
    command, read, digits, more = STARTERS[name](port, folder)
    with output.open("wb") as file:
        process = subprocess.Popen(
            command, stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env={**os.environ, **more}
        )
    program = Program(process, port, output, read, digits)
    until = time.monotonic() + 40.0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        while PROBE not in output.read_text(errors="replace"):
            if time.monotonic() > until or process.poll() is not None:
                program.close()
                raise AssertionError(f"{name} did not begin to listen: {output.read_text(errors='replace')[-2000:]}")
            way.sendto(header(f"/{PROBE}", ""), ("127.0.0.1", port))
            time.sleep(0.2)
    return program


def need(program: str, package: str) -> str:
    found = shutil.which(program)
    if not found:
        raise Missing(f"{program} is not installed (Debian: apt-get install {package}); nothing was shown for it")
    return found


def _oscdump(port: int, _folder: Path) -> Started:
    tool = need("oscdump", "liblo-tools")

    def read(line: str) -> Heard | None:
        found = re.match(r"[0-9a-f]{8}\.[0-9a-f]{8} (/\S+) ?(\w*) ?(.*)", line)
        if not found:
            return None
        words = re.findall(r'"([^"]*)"|(\S+)', found[3])
        values = [text if tag == "s" else float(word) for tag, (text, word) in zip(found[2], words, strict=True)]
        return found[1], tuple(values)

    # Its output waits in a buffer of 4 KB otherwise.
    return ["stdbuf", "-oL", tool, str(port)], read, 1e-6, {}


def _pd(port: int, folder: Path) -> Started:
    tool = need("pd", "puredata-core")
    patch = folder / "hear.pd"
    patch.write_text(
        "#N canvas 0 0 450 300 10;\n#X obj 20 20 netreceive -u -b;\n#X obj 20 60 oscparse;\n#X obj 20 90 print HEARD;\n"
        f"#X msg 20 0 listen {port};\n#X obj 120 0 loadbang;\n"
        "#X connect 0 0 1 0;\n#X connect 1 0 2 0;\n#X connect 4 0 3 0;\n#X connect 3 0 0 0;\n"
    )

    def read(line: str) -> Heard | None:
        if not line.startswith("HEARD: "):
            return None
        rest = line.removeprefix("HEARD: ").removeprefix("list ").removeprefix("symbol ")
        words = [re.sub(r"\\(.)", r"\1", word) for word in re.split(r"(?<!\\) ", rest)]
        return words, ()  # type: ignore[return-value]

    return [tool, "-nogui", "-noaudio", "-nomidi", "-stderr", str(patch)], read, 1e-5, {}


def _sclang(port: int, folder: Path) -> Started:
    tool = need("sclang", "supercollider-language")
    script = folder / "hear.scd"
    script.write_text(
        f"thisProcess.openUDPPort({port}); thisProcess.addOSCRecvFunc({{ |msg, time, from, port|"
        f' if(port == {port}) {{ ("HEARD " ++ msg.asCompileString).postln }} }});\n'
    )

    def read(line: str) -> Heard | None:
        if not line.startswith("HEARD "):
            return None
        address, *values = ast.literal_eval(line.removeprefix("HEARD "))
        return address, tuple(values)

    home = {
        "QT_QPA_PLATFORM": "offscreen",
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "QTWEBENGINE_DISABLE_SANDBOX": "1",
    }
    return [tool, "-D", str(script)], read, 1e-6, home


def node_with_osc() -> tuple[str, str]:
    """Node, and the folder of its modules. Raises ``Missing``."""
    tool = need("node", "nodejs")
    modules = os.environ.get("CHIARO_NODE_MODULES", "")
    if not (Path(modules) / "osc").is_dir():
        raise Missing(
            "npm's osc is not installed (npm install osc --prefix DIR --omit=optional, then "
            "CHIARO_NODE_MODULES=DIR/node_modules); nothing was shown for it"
        )
    return tool, modules


def _node(port: int, folder: Path) -> Started:
    tool, modules = node_with_osc()
    script = folder / "hear.js"
    script.write_text(
        'const osc = require("osc");\n'
        f'const port = new osc.UDPPort({{localAddress: "127.0.0.1", localPort: {port}, metadata: true}});\n'
        'port.on("message", m => console.log(JSON.stringify([m.address, (m.args || []).map(a => a.value)])));\n'
        'port.on("error", e => console.log("ERROR " + e));\nport.open();\n'
    )

    def read(line: str) -> Heard | None:
        if not line.startswith("["):
            return None
        address, values = json.loads(line)
        return address, tuple(values)

    return [tool, str(script)], read, 1e-6, {"NODE_PATH": modules}


STARTERS = {"oscdump": _oscdump, "pd": _pd, "sclang": _sclang, "npm osc": _node}


def _number(word: str) -> float | str:
    try:
        return float(word)
    except ValueError:
        return word


def same(sent: Heard, heard: Heard, digits: float) -> bool:
    """Whether a program heard what was sent, as exactly as it prints."""
    if isinstance(heard[0], list):  # Pd: the address is words like the values
        return _same_words(sent, heard[0], digits)
    return (
        sent[0] == heard[0]
        and len(sent[1]) == len(heard[1])
        and all(_close(a, b, digits) for a, b in zip(sent[1], heard[1], strict=True))
    )


def _close(sent: object, heard: object, digits: float) -> bool:
    if isinstance(sent, str):
        return sent == str(heard)
    return abs(float(heard) - float(sent)) <= digits * max(1.0, abs(float(sent)))  # type: ignore[arg-type]


def _same_words(sent: Heard, words: list[str], digits: float) -> bool:
    wanted: list[object] = [*sent[0].strip("/").split("/")]
    wanted += sent[1]
    return len(wanted) == len(words) and all(
        word == want if isinstance(want, str) else _close(want, _number(word), digits)
        for want, word in zip(wanted, words, strict=True)
    )


def reference(ear: socket.socket, seconds: float) -> tuple[list[Heard], Tally]:
    """What our own strict decoder hears on ``ear`` until it is silent for ``seconds``."""
    heard, tally = [], Tally()
    ear.settimeout(seconds)
    try:
        while True:
            heard += [(one.address, one.values) for one in tally.receive(ear.recv(65536), time.monotonic())]
    except TimeoutError:
        return heard, tally
