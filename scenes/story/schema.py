"""The JSON Schema of a story file, which editors use to complete, explain and check it (taplo, Even Better TOML...).

``scenes/story.schema.json`` is its committed copy: ``chiaro story schema > scenes/story.schema.json``.
"""

from __future__ import annotations

import json
from typing import Any

from models.labels import LABELS
from scenes.story.story_file import StoryFile


def schema_text() -> str:
    """The schema as JSON, exactly as it is committed."""
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", **_without_nulls(StoryFile.model_json_schema())}
    schema["properties"]["groups"]["additionalProperties"]["items"]["enum"] = list(LABELS)
    return json.dumps(schema, indent=2) + "\n"


def _without_nulls(part: Any) -> Any:
    """Remove "or null" (TOML has no null), and titles that only repeat the key."""
    if isinstance(part, list):
        return [_without_nulls(item) for item in part]
    if not isinstance(part, dict):
        return part
    plain = {
        key: _without_nulls(value) for key, value in part.items() if not (key == "title" and isinstance(value, str))
    }
    choices = [choice for choice in plain.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        del plain["anyOf"]
        plain = {**choices[0], **{key: value for key, value in plain.items() if value is not None}}
    return plain
