"""Killing a thread of this process, at whatever it does: it dies of ``Killed``, which nothing expects."""

from __future__ import annotations

import ctypes
import threading


class Killed(BaseException):
    """Raised in a thread from outside."""


def thread_named(name: str) -> threading.Thread:
    """The thread of that name."""
    (found,) = [thread for thread in threading.enumerate() if thread.name == name]
    return found


def kill(thread: threading.Thread) -> None:
    """Let ``thread`` die as soon as it runs Python again."""
    raised = ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(Killed))
    assert raised == 1, f"{thread.name} is not alive"
