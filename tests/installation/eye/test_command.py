"""The stage's commands to the eye arrive as they were sent, and nothing else passes for one."""

from __future__ import annotations

from contextlib import suppress
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from installation.eye.command import (
    EyeCommand,
    ForgetVisitors,
    FreezeBaseline,
    Heard,
    Look,
    SetCamera,
    SetThumbnail,
    Stop,
    decode_command,
    encode_command,
)

COMMANDS = (
    SetCamera(True),
    SetCamera(False),
    SetThumbnail(True),
    SetThumbnail(False),
    SetThumbnail(True, large=True),
    FreezeBaseline(),
    ForgetVisitors(3),
    Look(),
    Heard(),
    Stop(),
)
NOT_COMMANDS = (
    b"",
    b"camera on",
    b'{"kind": "set_camera", "on": tr',
    b"\xff\xfe\x00",
    b"null",
    b"[]",
    b'{"on": true}',
    b'{"kind": "dance"}',
    b'{"kind": "set_camera"}',
    b'{"kind": "set_camera", "on": 1}',
    b'{"kind": "set_camera", "on": "no"}',
    b'{"kind": "stop", "when": "now"}',
    b"[" * 100_000,
)


@pytest.mark.parametrize("command", COMMANDS, ids=repr)
def test_a_command_arrives_as_it_was_sent(command: EyeCommand) -> None:
    assert decode_command(encode_command(command)) == command


def test_every_kind_of_command_is_tried_here() -> None:
    assert {type(command) for command in COMMANDS} == set(get_args(EyeCommand))


@pytest.mark.parametrize("message", NOT_COMMANDS, ids=lambda message: repr(message[:24]))
def test_what_is_torn_unknown_or_of_a_wrong_type_is_not_a_command(message: bytes) -> None:
    with pytest.raises(ValueError) as refused:
        decode_command(message)
    assert len(str(refused.value).splitlines()) == 1


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200))
def test_no_noise_on_the_line_raises_anything_but_a_value_error(noise: bytes) -> None:
    with suppress(ValueError):
        assert type(decode_command(noise)) in get_args(EyeCommand)
