"""Reading a file that somebody else wrote: whole and bounded, or as a typed model, with every problem at once.

Any bytes may lie behind a name. Each function here gives what was asked for or raises ``BadFile``, nothing else.
"""

from __future__ import annotations

import codecs
import difflib
import re
import stat
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from calibration.errors import BadFile
from calibration.toml_faults import cause

Model = TypeVar("Model", bound=BaseModel)

MESSAGES = {
    "missing": "is missing; add it",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_type": "must be text in quotes",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "tuple_type": "must be a list in [ ]",
    "list_type": "must be a list in [ ]",
    "too_short": "must have {min_length} or more entries",
    "too_long": "must have no more than {max_length} entries",
    "dict_type": "must be a table of keys",
    "model_type": "must be a table of keys",
    "model_attributes_type": "must be a table of keys",
    "literal_error": "must be {expected}",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "greater_than": "must be greater than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
}
"""By pydantic's types of error; where there is none, pydantic's own words are shown."""

TEXT_BYTES = 1_000_000
"""A story or venue is a few kilobytes; what is larger was named by mistake, and would only take long to refuse."""
PROBLEMS_AT_MOST = 50
SHOWN_AT_MOST = 60
"""Letters of a wrong value that are repeated to the person who wrote it."""
WIDE = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
KEY_PART = re.compile(r"""[\w"'-]++[ \t]*+(\.?)[ \t]*+""")
MAX_DEPTH = 64


def load_toml(path: Path | str, model: type[Model], text: str | None = None) -> Model:
    """Read ``path`` as ``model``. Raises ``BadFile`` with all problems; nothing else.

    ``text``: what was read of the file before, and counts for it.
    """
    raw = read_toml(path, text)
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise BadFile(path, describe(error, model)) from error
    except RecursionError as error:
        raise BadFile(path, [TOO_DEEP]) from error


def read_toml(path: Path | str, text: str | None = None) -> dict[str, Any]:
    """The tables and values of a TOML file. Raises ``BadFile`` that names the line and, where it is known, the cause.

    Whatever comes out can be shown and passed on: no text in it has a control character but tab and line end.
    ``text``: what was read of the file before.
    """
    return _parsed(Path(path), read_text(path) if text is None else text)


def read_text(path: Path | str, at_most: int = TEXT_BYTES) -> str:
    """The text of a UTF-8 file, with or without the mark that some editors put first. Raises ``BadFile``."""
    path = Path(path)
    content = read_bytes(path, at_most)
    wide = next((name for mark, name in WIDE.items() if content.startswith(mark)), "")
    if wide:
        raise BadFile(path, [f"is saved as {wide}; save it again as UTF-8 (in the editor's 'save as', as encoding)"])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        read = content[error.start : error.start + 1].decode("cp1252", errors="ignore")
        meant = f" ({read!r} in an older Windows encoding)" if read.isprintable() and read else ""
        problem = f"line {line}: byte {content[error.start]:02X} is not UTF-8{meant}; save the file again as UTF-8"
        raise BadFile(path, [problem]) from error


def read_bytes(path: Path | str, at_most: int) -> bytes:
    """The content of a regular file of at most so many bytes. Raises ``BadFile``.

    A pipe would be waited for without end, and a device never ends.
    """
    path = Path(path)
    if "\0" in str(path):
        raise BadFile(shown(str(path), 200), ["is not a possible file name: it holds a control character"])
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise BadFile(path, ["is a folder; expected a file" if path.is_dir() else "is not a regular file"])
        if found.st_size > at_most:
            raise BadFile(path, [f"is too large: {found.st_size:,} bytes; at most {at_most:,} are read"])
        with path.open("rb") as file:
            return file.read(at_most)
    except FileNotFoundError:
        raise BadFile(path, ["no such file"]) from None
    except OSError as error:
        raise BadFile(path, [f"cannot be read: {error.strerror or error}"]) from error


def is_file(path: Path) -> bool:
    """Whether a file is there; False also where it may not be looked for (pathlib raises then)."""
    with suppress(OSError):
        return path.is_file()
    return False


def is_folder(path: Path) -> bool:
    """The same of a folder."""
    with suppress(OSError):
        return path.is_dir()
    return False


TOO_DEEP = "its brackets or dotted keys are nested too deeply"
HARMLESS = "\t\n\r"


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        _check_depth(text)
        raw = tomllib.loads(text)
        unprintable = list(_unprintable(raw))
    except tomllib.TOMLDecodeError as error:
        raise BadFile(path, [f"is not valid TOML: {shown(cause(text, error), 200)}"]) from error
    except RecursionError as error:
        raise BadFile(path, [TOO_DEEP]) from error
    except ValueError as error:  # Python refuses to convert numbers of thousands of digits
        raise BadFile(path, ["holds a number with far too many digits"]) from error
    if unprintable:
        raise BadFile(path, unprintable[:PROBLEMS_AT_MOST])
    return raw


def _check_depth(text: str) -> None:
    """Raises ``RecursionError`` for a key of many parts, for which the parser needs time and memory by their square."""
    parts, end = 0, -1
    for part in KEY_PART.finditer(text):
        parts = parts + 1 if part.start() == end else 1
        if parts > MAX_DEPTH:
            raise RecursionError
        end = part.end() if part[1] else -1


def _unprintable(raw: object, key: str = "") -> list[str]:
    """The keys whose text, or name, has a control character that no file, label or receiver can have."""
    if isinstance(raw, str):
        found = next((letter for letter in raw if _is_control(letter)), "")
        return [f"{shown(key) or '(file)'}: has a control character ({found!r}); remove it"] if found else []
    if isinstance(raw, dict):
        inside = [(f"{key}.{name}".removeprefix("."), name, value) for name, value in raw.items()]
        return [problem for below, *both in inside for one in both for problem in _unprintable(one, below)]
    if isinstance(raw, list):
        return [problem for i, value in enumerate(raw) for problem in _unprintable(value, f"{key}.{i}")]
    return []


def _is_control(letter: str) -> bool:
    return (letter < " " and letter not in HARMLESS) or "\x7f" <= letter <= "\x9f"


def describe(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """One line per problem: the key as written in the file, what is wrong, and for an unknown key the nearest known."""
    lines = []
    wrong_inside = {fault["loc"][:-1] for fault in error.errors()}
    faults = [one for one in error.errors() if one["type"] != "too_short" or one["loc"] not in wrong_inside]
    for fault in faults[:PROBLEMS_AT_MOST]:
        place = fault["loc"]
        key = shown(".".join(str(part) for part in place), 200) or "(file)"
        if fault["type"] == "extra_forbidden" or _is_no_table(model, fault):
            known = _keys_at(model, place[:-1])
            near = did_you_mean(str(place[-1]), known)
            lines.append(f"{key}: unknown key{near or ('; known here: ' + ', '.join(sorted(known)) if known else '')}")
        else:
            given = "" if _is_secret(model, place) else _given(fault.get("input"))
            lines.append(f"{key}: {_message(fault)}{given}")
    if len(faults) > PROBLEMS_AT_MOST:
        lines.append(f"(file): {len(faults) - PROBLEMS_AT_MOST} more problems")
    return lines


def _given(value: object) -> str:
    """`` (given: 3)``, for the person who wrote it."""
    if not isinstance(value, str | int | float | bool):
        return ""
    if isinstance(value, int) and abs(value) >= 10**SHOWN_AT_MOST:
        return " (given: a number with far too many digits)"
    return f" (given: {str(value).lower() if isinstance(value, bool) else shown(repr(value))})"


def shown(text: str, at_most: int = SHOWN_AT_MOST) -> str:
    """The text as it may stand in a line for people: its beginning, and nothing unprintable."""
    cut = text if len(text) <= at_most else f"{text[: at_most - 3]}..."
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in cut)


def _message(fault: ErrorDetails) -> str:
    """What is wrong, for somebody who writes TOML and knows no Python."""
    words = MESSAGES.get(fault["type"])
    if words is not None:
        told = words.format(**fault.get("ctx", {}))
        return told.replace("True", "true") if fault["type"] == "literal_error" else told
    message = fault["msg"].removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def did_you_mean(word: str, known: list[str] | tuple[str, ...]) -> str:
    """``"; did you mean 'fade_seconds'?"``, or '' when no known word is near; capitals do not count."""
    small = {one.lower(): one for one in known}
    near = difflib.get_close_matches(word[:200].lower(), small, n=1, cutoff=0.6)
    return f"; did you mean {small[near[0]]!r}?" if near else ""


def _is_secret(model: type[BaseModel], place: tuple[Any, ...]) -> bool:
    """Whether the field at ``place`` may hold a password: it is declared with ``repr=False``."""
    here = _model_at(model, place[:-1])
    field = _by_name(here).get(str(place[-1])) if here and place else None
    return field is not None and not field.repr


def _keys_at(model: type[BaseModel], place: tuple[Any, ...]) -> list[str]:
    """Names of the fields of the model found by walking ``place`` (field names and list indices) from ``model``."""
    here = _model_at(model, place)
    return list(_by_name(here)) if here else []


def _model_at(model: type[BaseModel], place: tuple[Any, ...]) -> type[BaseModel] | None:
    here: type[BaseModel] | None = model
    named = False  # by the author: [scenes.lamp], where a scene has a key `lamp`, too
    for part in place:
        if here is None:
            return None
        if named or isinstance(part, int) or part not in _by_name(here):
            here = here if named or isinstance(part, int) else _model_of_names(here)
            named = False
            continue  # a dict's own key, list index, or the tag of a union
        annotation = _by_name(here)[part].annotation
        here, named = _model_in(annotation), _is_dict(annotation)
    return here


def _is_no_table(model: type[BaseModel], fault: ErrorDetails) -> bool:
    """Whether a key that is not known was taken for the name of a table beside the keys that are."""
    above = _model_at(model, fault["loc"][:-1])
    beside = above is not None and above.model_config.get("extra") == "allow"
    return beside and fault["type"] == "model_type" and str(fault["loc"][-1]) not in _keys_at(model, fault["loc"][:-1])


def _model_of_names(model: type[BaseModel]) -> type[BaseModel]:
    """Of tables under names of the author's own beside a model's keys, as in ``[screens.left]``; else the model."""
    if model.model_config.get("extra") != "allow":
        return model
    return _model_in(get_type_hints(model).get("__pydantic_extra__")) or model


def _is_dict(annotation: Any) -> bool:
    return get_origin(annotation) is dict or any(_is_dict(part) for part in get_args(annotation))


def _by_name(model: type[BaseModel]) -> dict[str, Any]:
    return {(field.alias or name): field for name, field in model.model_fields.items()}


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The first pydantic model named anywhere inside a type such as ``dict[str, Scene]`` or ``Scene | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        found = _model_in(part)
        if found:
            return found
    return None
