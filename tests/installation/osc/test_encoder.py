"""Only i, f and s, checked, as python-osc and every other receiver reads them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from installation.osc.decoder import decode
from installation.osc.encoder import BadValue, bundle, bundles, free_message, message
from installation.osc.registry import BY_PATH, IN, OUT, Pace
from models.labels import LABELS

SENT = [line for line in OUT if line.pace not in (Pace.EVENT, Pace.REPLY)]


def test_numpys_numbers_are_sent_as_plain_ones() -> None:
    emotions = np.full(8, 0.125, np.float32)
    told = message("/mood/emotions", *emotions)
    assert told.encode("/emo/mood/emotions") == message("/mood/emotions", *[0.125] * 8).encode("/emo/mood/emotions")
    assert message("/count", np.int64(3)).values == (3,)
    assert message("/visitor/1/present", np.bool_(True)).values == (1,)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, np.float32("nan"), "0.5", None])
def test_what_is_no_number_never_leaves(number: object) -> None:
    with pytest.raises(BadValue, match="valence"):
        message("/mood/valence", number)


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/frame", (2**31,)),
        ("/frame", (-1,)),
        ("/frame", (1.0,)),
        ("/frame", ()),
        ("/frame", (1, 2)),
        ("/mood/confidence", (1.1,)),
        ("/mood/label", (3,)),
        ("/visitor/33/id", (1,)),
        ("/mood/dominant", (len(LABELS) + 1,)),
    ],
)
def test_a_broken_promise_never_leaves(path: str, values: tuple[object, ...]) -> None:
    with pytest.raises(BadValue):
        message(path, *values)


def test_a_hair_over_the_edge_is_taken_as_the_edge() -> None:
    assert message("/mood/confidence", 1.0000001).values == (1.0,)


def test_a_cue_of_the_storys_own_is_never_a_midi_message_nor_a_long_integer() -> None:
    assert free_message("/lamp", (1, 2, 3, 4)).tags == "iiii"
    with pytest.raises(BadValue):
        free_message("/lamp", (2**31,))
    with pytest.raises(BadValue):
        free_message("/lamp", ((1, 2, 3, 4),))
    with pytest.raises(BadValue):
        free_message("/lamp", (1e39,))


def test_accents_and_zero_bytes_are_taken_off_for_receivers_that_read_ascii() -> None:
    assert message("/info/unit", "Münchner\0 Säle ☀").values == ("Munchner Sale ",)


@given(
    st.lists(
        st.one_of(
            st.integers(-(2**31), 2**31 - 1),
            st.floats(width=32, allow_nan=False, allow_infinity=False),
            st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=50),
        ),
        max_size=6,
    )
)
def test_the_bytes_are_those_of_python_osc_and_read_back_the_same(values: list[int | float | str]) -> None:
    told = free_message("/x", values)
    builder = OscMessageBuilder("/x")
    for tag, value in zip(told.tags, values, strict=True):
        builder.add_arg(value, tag)
    assert told.encode("/x") == builder.build().dgram
    assert OscMessage(told.encode("/x")).params == list(told.values)


def test_a_bundle_never_grows_over_the_limit_and_keeps_its_order() -> None:
    encoded = [message("/visitor/1/emotions", *[0.1] * 8).encode(f"/emo/{n}") for n in range(200)]
    packets = [bundle(group) for group in bundles(encoded)]
    assert all(len(packet) <= 1400 for packet in packets)
    assert [one.address for packet in packets for one in decode(packet)] == [f"/emo/{n}" for n in range(200)]


def test_a_number_and_a_string_never_share_a_message_that_is_sent_again() -> None:
    for line in SENT:
        assert "s" not in line.tags or line.tags == "s", line.path


def test_the_registry_uses_three_tags_only_and_no_address_twice() -> None:
    assert set("".join(line.tags for line in (*OUT, *IN))) <= set("ifs")
    everything = [path for line in (*OUT, *IN) for path in line.concrete()]
    assert len(everything) == len(set(everything)) >= len(BY_PATH) > 80
    assert not any(line.tags == "" for line in OUT)
