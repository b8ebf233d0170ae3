"""Text from outside made fit for a terminal, a log and a screen: nothing in it is obeyed, and no password is told."""

from __future__ import annotations

import re
import unicodedata

_ODD = re.compile(r"[^\x20-\x7e\n\t]")
_JOINERS = "\u200c\u200d\u00ad"
"""Marks without width that scripts and hyphenation need; they turn nothing round and hide nothing."""
HIDDEN = "***"
_PORT = re.compile(r"\d{1,5}(?:[/?#\s'\",;)]|$)")
_WORD = re.compile(r"\S+")
_QUERY = re.compile(r"(?i)([?&;](?:user|usr|username|login|name|pass|passwd|password|pwd|token|key|auth)=)[^&\s'\"]*")


def plain(text: str) -> str:
    r"""``text`` as it may be shown: lines and tabs stay; other control characters, escape sequences and marks that turn
    the direction of reading are written out (``\x1b``); user, password and token of an address become ``***``.

    Giving it its own result changes nothing.
    """
    shown = _ODD.sub(_written_out, text)
    return _without_secrets(shown) if "@" in shown or "=" in shown else shown


def one_line(text: str) -> str:
    """``plain``, with line ends and tabs written out too: for a name within a line."""
    return plain(text).replace("\n", "\\n").replace("\t", "\\t")


def _written_out(found: re.Match[str]) -> str:
    letter = found[0]
    harmless = letter in _JOINERS or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    return letter if harmless else repr(letter)[1:-1]


def _without_secrets(text: str) -> str:
    if "@" in text:
        text = "\n".join(_WORD.sub(_without_user, _without_user_with_blank(line)) for line in text.split("\n"))
    return _QUERY.sub(r"\1***", text)


def _without_user_with_blank(line: str) -> str:
    """``scheme://user:pass word@host``: up to the line's last @, unless what follows the colon is a port."""
    head, found, rest = line.partition("://")
    user, colon, behind = rest.partition(":")
    at = behind.rfind("@")
    if not found or not colon or at < 0 or re.search(r"[\s/@]", user) or _PORT.match(behind):
        return line
    return f"{head}://{HIDDEN}{behind[at:]}"


def _without_user(word: re.Match[str]) -> str:
    """A run without blanks. A password may hold @, # and /: all from the scheme, or the quote, to the last @ goes."""
    before, at, host = word[0].rpartition("@")
    if not at or ":" not in before:
        return word[0]
    scheme = before.find(":/")
    if scheme >= 0:
        begin = scheme + 1 + len(before[scheme + 1 :]) - len(before[scheme + 1 :].lstrip("/"))
    else:
        name = before[: before.index(":")]
        begin = max(name.rfind(mark) for mark in "'\"(=,") + 1
    return f"{before[:begin]}{HIDDEN}@{host}"
