"""The documentation of the address space, made from the registry: ``chiaro osc docs > docs/osc.md``."""

from __future__ import annotations

from collections.abc import Iterator

from installation.osc.registry import IN, OUT, PACE_WORDS, TRIGGER_WORDS, Address, Argument, Code
from models.labels import LABELS

HEAD = """# OSC: what the room hears, and how it steers

<!-- Made from installation/osc/registry.py by `chiaro osc docs`; a test holds the two together. Do not edit. -->

## Out

Every receiver is a `[[osc.targets]]` in the venue file:

```toml
[[osc.targets]]
host = "192.168.1.20"      # a name, a number, a broadcast or multicast address
port = 7000
prefix = "/emo"            # in front of every address below
profile = "scalar"         # aggregate (default), visitors, scalar, events
rate_hertz = 10.0
bundles = true             # false: single messages, for old receivers
event_repeats = 3          # 1 for a receiver that would act three times
only_named = false         # true: send nothing but what the addresses below name
[osc.targets.addresses]    # own addresses, written whole; "" = do not send it
"/scene/index" = "/composition/layers/1/scene"
"/event/scene/start" = "/cue/scene{index}/start"
```

- Only `i` (int32), `f` (float32) and `s` (ASCII), in flat bundles of 1400 bytes at most, time tag "immediately".
  A number and a string never share a message that is sent again and again (TouchDesigner's CHOPs take numbers only).
- Indices count from 1, 0 is none. The order of the emotions: LABELS.
- UDP loses datagrams: state is sent again, the whole of it each second. Events are sent three times within 200 ms. All
  events share one counter, their first argument, which begins somewhere else each time the show is started. Keep the
  highest number of each address: **an event is new if its number is higher, or 16 or more below**; else it is a repeat.
  `/event/branch/names` has no number: it comes in the bundle of its `/event/branch`.
- A mood leaves the moment it is known (not at the next tick of a clock); the rate holds on average.
- Profiles: `aggregate` tells of the room and never of single visitors; `visitors` tells of each slot as well; `events`
  sends events (visitors' too), scenes and health, and no streams; `scalar` sends one float an address, without strings
  and events: a message with several numbers becomes one address each (`/scene/time/elapsed`, `/scene/time/duration`).
- An own address with a `{name}` in it takes the value of that argument into the address, and carries no arguments: a
  trigger, for programs such as QLab.
- While `/health/camera` is 0 the show cannot see: a mood of zeros then is not "nobody there", and no visitor is said to
  leave before the room is seen again.
- A cue of the story's own (`osc` in a story file) goes to every target, once, below its prefix.
- Nobody listening costs the show nothing, is told once on the console, and heals by itself: a receiver that is
  switched on has the whole state within about a second. Silence of `/health/beat` over 3 s means that the show is dead.

"""

CONTROL = """
## In

The show listens on `127.0.0.1:9001` unless the venue says otherwise:

```toml
[osc]
listen_host = "0.0.0.0"            # every network of this machine
listen_port = 9001
listen_prefix = "/emo"
allow = ["192.168.1.0/24"]         # who may steer; the default is this machine alone
reply_port = 0                     # where answers go; 0 = the port that the command came from
messages_per_second = 100.0        # from one sender; what is above is refused
passphrase = "a long one"          # for shutdown and restart; without it both are off
```

One plain message a datagram, 512 bytes at most, no bundles. Every command is answered.
UDP can be forged by anyone in the same network: give the show a network of its own.

"""

REPLIES = """
`/reply/{command}` carries a code and a short reason: CODES.

## OSCQuery and zeroconf

`oscquery = true` serves this table with live values over HTTP at `oscquery_host:oscquery_port` (127.0.0.1:9002).
`advertise = true` tells the network of it (`_oscjson._tcp`) and of the control port (`_osc._udp`), but only of that of
the two which listens on more than this machine. Both are off by default.

## Without anybody there

`chiaro osc monitor` shows what arrives at a port, decoded, with rates and sizes. `chiaro osc send ADDRESS ARGS` sends
one message and prints the answer. `chiaro osc replay JOURNAL` sends an evening's moods and scenes again, at any speed.
Set-ups for programs are in [receivers/](receivers/README.md).
"""


def page() -> str:
    """The whole of ``docs/osc.md``."""
    labels = ", ".join(f"{number} {label}" for number, label in enumerate(LABELS, start=1))
    codes = ", ".join(f"{code.value} {code.name.lower().replace('_', ' ')}" for code in Code)
    return (
        HEAD.replace("LABELS", labels)
        + "\n".join(_table(OUT, out=True))
        + "\n"
        + CONTROL
        + "\n".join(_table(IN, out=False))
        + "\n\n"
        + "\n".join(f"- *{name}*: {words}." for name, words in TRIGGER_WORDS.items())
        + "\n"
        + REPLIES.replace("CODES", codes)
    )


def _table(lines: tuple[Address, ...], out: bool) -> Iterator[str]:
    yield "| address | " + ("tags | arguments | profiles | rate" if out else "arguments | tags taken") + " | meaning |"
    yield "|---" * (6 if out else 4) + "|"
    for line in lines:
        cells = [f"`{line.path}`", _arguments(line.arguments), _accepts(line), line.meaning]
        if out:
            profiles = ", ".join(line.profiles) or "whoever asked"
            cells[1:3] = [f"`{_tags(line.tags)}`", cells[1], profiles, PACE_WORDS[line.pace]]
        yield "| " + " | ".join(cells) + " |"


def _accepts(line: Address) -> str:
    tags = list(line.accepts or line.tags)
    words = " or ".join(f"`{tag}`" for tag in tags) if line.accepts else " ".join(f"`{tag}`" for tag in tags)
    return f"nothing, or {words}" if line.optional else words or "nothing"


def _tags(tags: str) -> str:
    return f"{tags[0]}*{len(tags)}" if len(tags) > 4 and len(set(tags)) == 1 else tags


def _arguments(arguments: tuple[Argument, ...]) -> str:
    if len(arguments) > 5:
        return f"one for each emotion, {_range(arguments[0])}"
    return ", ".join(f"{a.name}{' ' + _range(a) if a.tag != 's' else ''}" for a in arguments)


def _range(argument: Argument) -> str:
    high = "2^31-1" if argument.high == 2**31 - 1 else f"{argument.high:g}"
    return f"{argument.low:g}..{high}"
