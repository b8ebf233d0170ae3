"""The documentation of the address space, made from the registry: ``chiaro osc docs > docs/osc.md``."""

from __future__ import annotations

from collections.abc import Iterator

from installation.osc.registry import IN, OUT, PACE_WORDS, TRIGGER_WORDS, Address, Argument, Code
from models.labels import LABELS

INTRODUCTION = """# OSC: what other machines hear, and how they control the show

<!-- Made from installation/osc/registry.py by `chiaro osc docs`; a test holds the two together. Do not edit. -->

## Outgoing

Every receiver is a `[[osc.targets]]` in the venue file:

```toml
[[osc.targets]]
host = "192.168.1.20"      # a host name, or an IP address (broadcast and multicast too)
port = 7000
prefix = "/emo"            # in front of every address below
profile = "scalar"         # aggregate (default), visitors, scalar, events
rate_hertz = 10.0
bundles = true             # false: single messages, for old receivers
event_repeats = 3          # 1 for a receiver that would act on each repeat
only_named = false         # true: send only what is listed under addresses below
[osc.targets.addresses]    # addresses of your own, written out in full; "" = do not send it
"/scene/index" = "/composition/layers/1/scene"
"/event/scene/start" = "/cue/scene{index}/start"
```

- Only `i` (int32), `f` (float32) and `s` (ASCII), in flat bundles of up to 1400 bytes, time tag "immediately".
  A number and a string never share a message that is sent repeatedly (TouchDesigner's CHOPs take numbers only).
- Indices count from 1, 0 is none. The order of the emotions: LABELS.
- UDP loses datagrams, so the whole state is sent again each second. Events are sent three times within 200 ms. All
  events share one counter, their first argument, which begins at another number each time the show is started. Keep the
  highest number of each address: **an event is new if its number is higher, or lower by 16 or more**; otherwise it is a
  repeat. `/event/branch/names` has no number: it comes in the same bundle as its `/event/branch`.
- A mood is sent the moment it is known (not at the next tick of a clock); the rate holds on average.
- Profiles: `aggregate` sends the room mood and nothing about single visitors; `visitors` sends each visitor's slot as
  well (1 to 8, the nearest where there are more; `visitors = 32` in `[osc]` tells of all); `events` sends events
  (visitors' too), scenes and health, but no streams; `scalar` sends one float per address, no strings and no events: a
  message with several numbers is split (`/scene/time/elapsed`, `/scene/time/duration`).
- In an address of your own, `{name}` is replaced by the value of that argument, and the message carries no arguments: a
  trigger, for programs such as QLab.
- While `/health/camera` is 0 the show cannot see: a mood of zeros then does not mean "nobody there", and no visitor is
  reported as leaving before the camera is back.
- A cue that the story sends itself (`osc` in a story file) goes to every target, once, below the target's prefix.
- A receiver that is off costs the show nothing: it is reported once on the console, and has the whole state within
  about a second of being switched on. If `/health/beat` is silent for more than 3 s, the show is dead.

"""

CONTROL = """
## Incoming

The show listens on `127.0.0.1:9001` unless the venue says otherwise:

```toml
[osc]
listen_host = "0.0.0.0"            # all networks of this machine
listen_port = 9001
listen_prefix = "/emo"
allow = ["192.168.1.0/24"]         # who may control the show; default: only this machine
reply_port = 0                     # port for answers; 0 = the port that the command came from
messages_per_second = 100.0        # per sender (address and port), ten times that per address; refused above
passphrase = "a long one"          # for shutdown and restart; if it is not set, both are off
```

A datagram is one message or one flat bundle, up to 512 bytes. A bundle's time tag is ignored (a command is obeyed when
it comes), each of its messages counts, and a bundle inside a bundle is refused. Numbers are numbers, however they are
sent: `i`, `h`, `f` and `d`; `T` is 1 and `F` is 0.

The signals of a story ([stories](stories.md#signals-from-elsewhere)) come in at the same door, by the same rules, each
at the address that the story gives it, with or without `listen_prefix` in front: one number, or none for a button. They
are no commands and need no passphrase; a sender is answered at `/reply/signal`. `chiaro osc send /sense/heart 72` tries
one. [receivers/](receivers/README.md#signals-into-the-show) has a button, a heart rate and another room.

Every command is answered, also one that is refused: `volume takes a number from 0 to 1; got a text`. A command that
does not exist is answered at `/reply/unknown`, with the name that may have been meant. Not answered are messages above
the limit, from a sender who is not in `allow`, and for other addresses. The show's console names each kind of refusal
once for each sender. After five wrong passphrases from one IP address, from any port, only one try in 12 s is heard.

Anyone on the same network can forge UDP: give the show a network of its own.

"""

REPLIES = """
`/reply/{command}` carries a code and a short reason: CODES.

## OSCQuery and zeroconf

`oscquery = true` serves this table with live values over HTTP at `oscquery_host:oscquery_port` (127.0.0.1:9002),
to whoever asks by IP address, as `localhost` or by this machine's own name.
`advertise = true` advertises it (`_oscjson._tcp`) and the control port (`_osc._udp`) on the network, but only those of
the two that other machines can reach. Both settings are off by default.

## Testing without visitors

`chiaro osc monitor` shows what arrives at a port, decoded, with rates and sizes; with `--story` it also knows the
story's own cues. `chiaro osc send ADDRESS ARGS` sends one message and prints the answer; if nobody answers within half
a second it says so and exits 69. `chiaro osc replay JOURNAL` sends an evening's moods and scenes again, at any speed.
How to set up common programs is in [receivers/](receivers/README.md).
"""


def page() -> str:
    """The whole of ``docs/osc.md``."""
    labels = ", ".join(f"{number} {label}" for number, label in enumerate(LABELS, start=1))
    codes = ", ".join(f"{code.value} {code.name.lower().replace('_', ' ')}" for code in Code)
    return (
        INTRODUCTION.replace("LABELS", labels)
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
    yield ("| address | " + ("tags | arguments | profiles | rate" if out else "arguments") + " | meaning |")
    yield "|---" * (6 if out else 3) + "|"
    for line in lines:
        cells = [f"`{line.path}`", _arguments(line.arguments) if out else line.takes, line.meaning]
        if out:
            profiles = ", ".join(line.profiles) or "(to the sender)"
            cells[1:2] = [f"`{_tags(line.tags)}`", cells[1], profiles, PACE_WORDS[line.pace]]
        yield "| " + " | ".join(cells) + " |"


def _tags(tags: str) -> str:
    return f"{tags[0]}*{len(tags)}" if len(tags) > 4 and len(set(tags)) == 1 else tags


def _arguments(arguments: tuple[Argument, ...]) -> str:
    if len(arguments) > 5:
        return f"one per emotion, {_range(arguments[0])}"
    return ", ".join(f"{a.name}{' ' + _range(a) if a.tag != 's' else ''}" for a in arguments)


def _range(argument: Argument) -> str:
    high = "2^31-1" if argument.high == 2**31 - 1 else f"{argument.high:g}"
    return f"{argument.low:g}..{high}"
