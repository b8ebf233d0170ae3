"""Stories made by chance from the schema of the story file, so that a key that is new tomorrow is tried tomorrow."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from calibration.settings import Section
from scenes.story.rooms import ROOM, VALUE
from scenes.story.story_file import StoryFile

NAMES = ("door", "cellar", "a", "end", "x-1", "hall_2", "otherwise", "present", "been")
TEXTS = (
    *(
        "calm",
        "happiness",
        "anna",
        "plain words",
        "a [[b->c]] d",
        "<<set $x to 1>> -->",
        ":: no passage",
        "(set: $a to 1)",
    ),
    *(
        '"quoted" \\ and | <- ü',
        "line\nand\tline",
        "\u2028 \U0001f56f",
        "# no comment",
        "<!-- chiaro\nend = true\n-->",
        "{ x",
    ),
)
PATTERNS = {
    r"^(/[A-Za-z0-9_.-]+)+$": ("/cue/strobe", "/a"),
    r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$": ("de", "pt-BR"),
    ROOM: ("hall", "room_2"),
    VALUE: ("hall/mood/happiness", "hall/scene/cellar", "2/alive"),
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$": ("18:00", "07:30"),
}


def sections(of: type[Section] = Section) -> Iterator[type[Section]]:
    for section in of.__subclasses__():
        yield section
        yield from sections(section)


class Maker:
    """Makes stories. ``seen`` counts every key that was made, as ``Section.key``."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.schema = StoryFile.model_json_schema()
        self.models = {one.__name__: one for one in sections()}
        self.seen: Counter[str] = Counter()
        self.inside: list[str] = []
        self.worked: dict[tuple[str, str], tuple[str, ...]] = {}
        """Keys that went together, by the one of them that was wanted."""

    def keys(self) -> set[str]:
        """Every key that a story can have."""
        objects = {"StoryFile": self.schema, **self.schema["$defs"]}
        return {f"{name}.{key}" for name, one in objects.items() for key in one["properties"]}

    def story(self) -> dict[str, Any]:
        """A story whose scenes have ways out as ``check`` wants them; nothing else of it makes sense."""
        chance = self.chance
        raw = self.section("StoryFile", self.schema, without=("scenes", "start", "attract", "safe"))
        names = chance.sample(NAMES, chance.randint(3, len(NAMES)))
        raw["scenes"] = {name: self.section("SceneEntry", self.schema["$defs"]["SceneEntry"]) for name in names}
        raw |= {"start": names[0], "attract": names[1], "safe": chance.choice(names[1:])}
        for name, scene in raw["scenes"].items():
            self.finish(raw, name, scene, names)
        return raw

    def finish(self, raw: dict[str, Any], name: str, scene: dict[str, Any], names: list[str]) -> None:
        """Ways out that lead to scenes of the story, and one that always holds where the scene has a last frame."""
        for branch in scene.get("branch", ()):
            branch["to"] = self.chance.choice(names)
            when = branch.get("when", {})
            if "been" in when:
                when["been"] = self.chance.choice(names)
            if "mood" in when:
                when["mood"] = self.chance.choice([*raw.get("groups", ()), "happiness"])
        if "next" in scene:
            scene["next"] = self.chance.choice(names)
        if scene.get("branch") == []:
            del scene["branch"]
        if scene.get("end") and name not in (raw["attract"], raw["safe"]):
            scene.pop("branch", None)
            scene.pop("next", None)
            return
        scene.pop("end", None)
        always = [branch for branch in scene.get("branch", ()) if branch.get("otherwise")]
        if name == raw["attract"] and "maximum_seconds" not in scene:  # it loops for ever
            scene.pop("next", None)
        elif not always:
            scene["next"] = scene.get("next", names[0])

    def section(self, name: str, schema: dict[str, Any], without: tuple[str, ...] = ()) -> dict[str, Any]:
        """The raw table of one section, which its model takes."""
        properties = {key: one for key, one in schema["properties"].items() if key not in without}
        if self.inside.count(name) > 1:  # conditions may stand in conditions, but not for ever
            properties = {key: one for key, one in properties.items() if f"/{name}'" not in str(one)}
        must = [key for key in schema.get("required", ()) if key in properties]
        rare = min(sorted(properties), key=lambda key: (self.seen[f"{name}.{key}"], self.chance.random()))
        for attempt in range(2000):
            others = self.chance.sample(sorted(properties), min(len(properties), self.chance.randint(0, 4)))
            worked = self.worked.get((name, rare), ()) if attempt < 20 and self.chance.random() < 0.8 else ()
            wanted = [
                *must,
                *([rare] if attempt < 300 else []),
                *([key for key in worked if key in properties] or others),
            ]
            before = Counter(self.seen)
            self.inside.append(name)
            made = {key: self.value(properties[key]) for key in dict.fromkeys(wanted)}
            self.inside.pop()
            try:
                whole = {**made, **({"start": "a", "attract": "b", "safe": "c", "scenes": LEAST} if without else {})}
                self.models[name].model_validate(whole)
            except ValidationError:
                self.seen = before
                continue
            self.worked[name, rare] = tuple(made)
            self.seen.update(f"{name}.{key}" for key in (*made, *without))
            return made
        raise AssertionError(f"no {name} could be made of {sorted(properties)}")

    def value(self, schema: dict[str, Any]) -> Any:
        """A raw value for a part of the schema."""
        chance = self.chance
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self.section(name, self.schema["$defs"][name])
        for choices in ("anyOf", "oneOf"):
            if choices in schema:
                chosen = chance.choice([one for one in schema[choices] if one.get("type") != "null"])
                return self.value({"examples": schema.get("examples")} | chosen)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return chance.choice(schema["enum"])
        return getattr(self, f"_{schema.get('type', 'string')}")(schema)

    def _string(self, schema: dict[str, Any]) -> str:
        if schema.get("examples") and self.chance.random() < 0.3:
            return str(self.chance.choice(schema["examples"]))
        words = PATTERNS.get(schema.get("pattern", ""), TEXTS)
        return self.chance.choice(words)

    def _number(self, schema: dict[str, Any]) -> float:
        if schema.get("examples") and self.chance.random() < 0.3:
            return float(self.chance.choice(schema["examples"]))
        low = schema.get("minimum", schema.get("exclusiveMinimum", -1000.0))
        high = schema.get("maximum", schema.get("exclusiveMaximum", low + 1000.0))
        return float(
            self.chance.choice([round(self.chance.uniform(low, high), 3), self.chance.uniform(low, high), high])
        )

    def _integer(self, schema: dict[str, Any]) -> int:
        return self.chance.randint(schema.get("minimum", 0), schema.get("maximum", 100))

    def _boolean(self, _schema: dict[str, Any]) -> bool:
        return self.chance.random() < 0.5

    def _array(self, schema: dict[str, Any]) -> list[Any]:
        if "prefixItems" in schema:
            return [self.value(one) for one in schema["prefixItems"]]
        least = schema.get("minItems", 0)
        return [self.value(schema["items"]) for _ in range(self.chance.randint(least, least + 2))]

    def _object(self, schema: dict[str, Any]) -> dict[str, Any]:
        known = [name for example in schema.get("examples", ()) for name in example]  # channels are numbers
        names = self.chance.sample([*known, "calm", "dark", "night", "doors", "wrath"], self.chance.randint(1, 2))
        return {name: self.value(schema["additionalProperties"]) for name in names}


LEAST = {name: {"clip": "a.mp4"} for name in "abc"}
