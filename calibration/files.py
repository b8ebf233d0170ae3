"""Reading a TOML file as a typed model, with every problem reported at once, in a technician's words."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from calibration.errors import BadFile

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


def load_toml(path: Path | str, model: type[Model]) -> Model:
    """Read ``path`` as ``model``. Raises ``BadFile`` with all problems; nothing else."""
    path = Path(path)
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadFile(path, ["no such file"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(path, [f"cannot be read: {error}"]) from error
    except tomllib.TOMLDecodeError as error:
        raise BadFile(path, [f"is not valid TOML: {error}"]) from error
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise BadFile(path, describe(error, model)) from error


def describe(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """One line per problem: the key as written in the file, what is wrong, and for an unknown key the nearest known."""
    lines = []
    for fault in error.errors():
        place = fault["loc"]
        key = ".".join(str(part) for part in place) or "(file)"
        if fault["type"] == "extra_forbidden":
            known = _keys_at(model, place[:-1])
            near = did_you_mean(str(place[-1]), known)
            lines.append(f"{key}: unknown key{near or ('; known here: ' + ', '.join(sorted(known)) if known else '')}")
        else:
            given = fault.get("input")
            shown = f" (given: {given!r})" if isinstance(given, str | int | float | bool) else ""
            lines.append(f"{key}: {_message(fault)}{shown}")
    return lines


def _message(fault: ErrorDetails) -> str:
    """What is wrong, for somebody who writes TOML and knows no Python."""
    words = MESSAGES.get(fault["type"])
    if words is not None:
        return words.format(**fault.get("ctx", {}))
    message = fault["msg"].removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def did_you_mean(word: str, known: list[str] | tuple[str, ...]) -> str:
    """``"; did you mean 'fade_seconds'?"``, or '' when no known word is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def _keys_at(model: type[BaseModel], place: tuple[Any, ...]) -> list[str]:
    """Names of the fields of the model found by walking ``place`` (field names and list indices) from ``model``."""
    here: type[BaseModel] | None = model
    for part in place:
        if here is None:
            return []
        if isinstance(part, int) or part not in _by_name(here):
            continue  # list index, a dict's own key, or the tag of a union
        here = _model_in(_by_name(here)[part].annotation)
    return list(_by_name(here)) if here else []


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
