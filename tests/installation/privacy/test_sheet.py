from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from calibration.errors import Unavailable
from calibration.extras import MissingExtra
from installation.privacy.lettering import FONTS
from installation.privacy.sheet import Sheet, Size, easy_sheet, qr_code, sign
from installation.privacy.words import FOLDER, LANGUAGES, Words
from installation.report import pdf
from tests.installation.privacy.rooms import longest_room


def drawn(kind: str, size: Size, *languages: Words) -> Sheet:
    try:
        return (
            sign(longest_room(), languages, size) if kind == "sign" else easy_sheet(longest_room(), languages[0], size)
        )
    except (Unavailable, MissingExtra) as missing:
        pytest.skip(f"the sheets are not drawn: {missing}")


@pytest.fixture
def beyond_the_edge(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """What of the sheet that was drawn last stands outside its margins; WeasyPrint's own boxes, seen in passing."""
    documents: list[Any] = []

    def seen(html: str, extra: str) -> Any:
        documents.append(really_drawn(html, extra))
        return documents[-1]

    really_drawn = pdf._drawn
    monkeypatch.setattr(pdf, "_drawn", seen)

    def outside() -> list[str]:
        (page,) = documents[-1].pages
        box = page._page_box
        right = box.content_box_x() + box.width + 0.5
        texts = [one for one in box.descendants() if type(one).__name__ == "TextBox"]
        assert len(texts) > 20
        return [one.text for one in texts if one.position_x + one.width > right]

    return outside


def objects(written: bytes) -> bytes:
    """The whole file with its streams unpacked."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", written, re.DOTALL)
    return written + b"".join(zlib.decompress(stream) for stream in streams if stream.startswith(b"x"))


def pages(written: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", objects(written)))


def fonts(written: bytes) -> set[bytes]:
    return set(re.findall(rb"/BaseFont /\w{6}\+([\w-]+)", objects(written)))


def test_the_longest_names_in_two_languages_stay_on_one_sheet(beyond_the_edge: Callable[[], list[str]]) -> None:
    assert pages(drawn("sign", "a4", Words("fr"), Words("de")).pdf) == 1
    assert beyond_the_edge() == []


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", ["a3", "a4"])
@pytest.mark.parametrize("kind", ["sign", "easy"])
def test_the_longest_names_stay_on_one_sheet(
    kind: str, size: Size, language: str, beyond_the_edge: Callable[[], list[str]]
) -> None:
    sheet = drawn(kind, size, *[Words(one) for one in LANGUAGES if one == language])
    assert pages(sheet.pdf) == 1
    assert beyond_the_edge() == []
    assert all(name.startswith(b"Notice") for name in fonts(sheet.pdf))


def test_the_fonts_have_every_letter_that_is_written() -> None:
    tables = pytest.importorskip("fontTools.ttLib", reason="the fonts' letters are not looked at: no fontTools")
    for weight in (400, 700):
        files = FONTS.glob(f"*-{weight}-normal.woff")
        has = {letter for file in files for letter in tables.TTFont(file).getBestCmap()}
        for file in FOLDER.iterdir():
            lacking = {letter for letter in file.read_text("utf-8") if ord(letter) not in has} - {"\n"}
            assert lacking == set(), file.name


def test_the_code_on_the_sign_is_the_address() -> None:
    """Read back from the drawing's own path, as a scanner sees it: a dark row of modules is a line in it."""
    cv2, numpy = pytest.importorskip("cv2"), pytest.importorskip("numpy")
    address = "https://museum.example/faces?room=2"
    svg = qr_code(address)
    side = int(re.search(r'viewBox="0 0 (\d+)', svg).group(1))  # type: ignore[union-attr]
    picture = numpy.full((side, side), 255, numpy.uint8)
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", re.search(r' d="([^"]+)"', svg).group(1)):  # type: ignore[union-attr]
        given = [float(number) for number in numbers.split()]
        if command == "h":
            picture[int(y), int(x) : int(x + given[0])] = 0
            x += given[0]
        else:
            x, y = (given[0], given[1]) if command == "M" else (x + given[0], y + given[1])
    read, *_ = cv2.QRCodeDetector().detectAndDecode(cv2.resize(picture, None, fx=8, fy=8, interpolation=0))
    assert read == address
