"""The HTML that Twine 2 publishes, and its archives: one page with one story or several."""

from __future__ import annotations

from html.parser import HTMLParser

from scenes.exchange.passages import Passage, TwineStory, position_of

CODE = ("script", "style")


def read_twine_html(text: str) -> list[TwineStory]:
    """The stories of a page, in its order."""
    reader = _Reader()
    reader.feed(text.replace("\r\n", "\n"))
    reader.close()
    return reader.stories


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stories: list[TwineStory] = []
        self._start_number = ""
        self._inside = ""
        """The element whose text is being read."""
        self._about: dict[str, str] = {}
        self._text: list[str] = []
        self._in_story = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {key: value or "" for key, value in attrs}
        if tag == "tw-storydata":
            title, ifid = about.get("name", ""), about.get("ifid", "")
            made_for = f"{about.get('format', '')} {about.get('format-version', '')}".strip()
            self.stories.append(TwineStory(title, "", ifid, made_for))
            self._start_number, self._in_story = about.get("startnode", ""), True
        elif self._in_story and tag == "tw-tag":
            self.stories[-1].other.setdefault("tag-colors", {})[about.get("name", "")] = about.get("color", "")
        elif self._in_story and (tag == "tw-passagedata" or tag in CODE):
            self._end_passage()  # one that was not closed
            self._inside, self._about, self._text = tag, about, []

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._end_passage()
        elif tag == "tw-storydata":
            self._end_passage()
            self._in_story = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self._text.append(data)

    def close(self) -> None:
        """The end of the page."""
        super().close()
        self._end_passage()

    def _end_passage(self) -> None:
        text, about, inside = "".join(self._text).strip(" \t\n"), self._about, self._inside
        self._inside, self._text = "", []
        if inside in CODE and text:
            name = "stylesheet" if inside == "style" else "script"
            self.stories[-1].passages.append(Passage(f"story {name}", text, (name,)))
        elif inside == "tw-passagedata":
            name = about.get("name", "")
            if about.get("pid") == self._start_number:
                self.stories[-1].start = name
            place = position_of(about.get("position"))
            self.stories[-1].passages.append(Passage(name, text, tuple(about.get("tags", "").split()), place))
