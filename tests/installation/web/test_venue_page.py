"""The venue's page in a real Chromium: corners and masks are drawn, and the file has them afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calibration.venue import load_venue
from tests.installation.waiting import LONG, wait_until
from tests.installation.web.browser import PHONE, Page, chromium
from tests.installation.web.stage_double import StageDouble, made_state

CONTROLS = made_state(1).controls
PATIENCE = 4 * LONG
"""For what a process does that is started for it, on a machine that is busy with others."""
BY_HAND = "# upstairs\nname = 'Hall 2'\n\n[camera]\nsource = 'visitor'  # tonight\n"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("venue") / "hall.toml"
    file.write_text(BY_HAND)
    return file


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as found:
        found.size(PHONE, touch=True)
        yield found


@pytest.fixture(scope="module")
def running(page: Page, hall: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StageDouble]:  # noqa: ARG001
    with StageDouble(tmp_path_factory.mktemp("state"), rate=8, venue_file=str(hall)) as double:
        yield double


@pytest.fixture
def stage(running: StageDouble, page: Page) -> Iterator[StageDouble]:
    """The page is open on a phone, and nobody is in the film; what the test before has kept is in the file."""
    running.made = {"in_take": False}
    drawing = page.js("Boolean(document.querySelector('[aria-pressed=true]'))")
    if drawing or page.js("document.documentElement.dataset.settings") != "known":
        page.open(running.url + "/venue")
        wait_until(lambda: page.js("document.documentElement.dataset.settings === 'known'"), PATIENCE)
    page.wait_for("document.querySelector('#visitor').hidden && !document.querySelector('[aria-pressed=true]')")
    running.requests.clear()
    yield running
    assert page.faults() == []


def controls(**changes: Any) -> Any:
    return CONTROLS.model_copy(update=changes)


def hears(stage: StageDouble, name: str, *values: Any) -> None:
    wait_until(lambda: [one for one in stage.asked(name) if one.arguments == values], PATIENCE)


def drag(page: Page, selector: str, by: tuple[int, int]) -> None:
    from selenium.webdriver import ActionChains

    page.js("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", selector)
    found = page.driver.find_element("css selector", selector)
    actions = ActionChains(page.driver).click_and_hold(found)
    for _ in range(4):
        actions.move_by_offset(by[0] // 4, by[1] // 4)
    actions.release().perform()


def test_a_corner_that_is_dragged_is_followed_by_the_wall_and_kept_in_the_file(
    stage: StageDouble, page: Page, hall: Path
) -> None:
    page.click("#show-grid")
    hears(stage, "test_picture", "grid", 0, False)
    stage.made = {"in_take": False, "controls": controls(test_picture="grid")}
    page.wait_for("document.querySelector('#show-grid').getAttribute('aria-pressed') === 'true'")
    board = page.js("document.querySelector('#board').getBoundingClientRect().toJSON()")
    drag(page, "#board .handle:nth-of-type(1)", (round(board["width"] / 10), round(board["height"] / 5)))
    x, y = 0.1, 0.2
    wait_until(lambda: stage.asked("corners"), LONG)
    wait_until(lambda: abs(stage.asked("corners")[-1].arguments[0] - x) < 0.02, LONG)
    *places, in_take = stage.asked("corners")[-1].arguments
    assert places == pytest.approx([x, y, 1, 0, 1, 1, 0, 1], abs=0.02)
    assert in_take is False
    assert [one.arguments for one in stage.asked("test_picture")][1:2] == [("grid", 1, True)], "the corner is lit"
    assert page.js("document.querySelector('#wall-save').classList.contains('changed')")
    page.click("#wall-save")
    wait_until(lambda: "corners" in hall.read_text(), PATIENCE)
    assert load_venue(hall).screen.corners[0] == pytest.approx(tuple(places[:2]))
    assert "# upstairs" in hall.read_text()
    assert "# tonight" in hall.read_text()
    page.wait_for("!document.querySelector('#wall-save').classList.contains('changed')")


def test_the_arrow_keys_move_a_corner_and_none_past_the_others(stage: StageDouble, page: Page) -> None:
    from selenium.webdriver import Keys

    page.js("document.querySelector('#board .handle:nth-of-type(3)').focus()")
    page.press(Keys.ARROW_LEFT)
    wait_until(lambda: stage.asked("corners") and stage.asked("corners")[-1].arguments[4:6] == (0.998, 1), LONG)
    drag(page, "#board .handle:nth-of-type(3)", (-340, -190))
    corners = page.js("document.querySelector('#board-shape').getAttribute('points')").split()
    x, y = (float(number) / 1000 for number in corners[2].split(","))
    assert x + y > 1, "it stays on its own side of the diagonal"


def test_a_mask_is_drawn_on_the_picture_and_the_eye_begins_again_with_it(
    stage: StageDouble, page: Page, hall: Path
) -> None:
    page.click("#look")
    hears(stage, "show_camera", 60, True)
    page.click("#draw")
    for x, y in ((0.25, 0.25), (0.75, 0.25), (0.5, 0.75)):
        tap(page, "#view", x, y)
    page.wait_for("document.querySelectorAll('#view .handle').length === 3")
    page.click("#draw")
    page.wait_for("document.querySelectorAll('#masks li').length === 1")
    page.click("#camera-save")
    wait_until(lambda: "masks" in hall.read_text(), PATIENCE)
    (mask,) = load_venue(hall).camera.masks
    flat = [number for corner in mask for number in corner]
    assert flat == pytest.approx([0.25, 0.25, 0.75, 0.25, 0.5, 0.75], abs=0.02)
    hears(stage, "renew_eye", False, True)
    drag(page, "#view .handle:nth-of-type(1)", (10, 10))
    page.click("#masks .remove")
    page.click("#camera-save")
    wait_until(lambda: load_venue(hall).camera.masks == (), PATIENCE)
    wait_until(lambda: len(stage.asked("renew_eye")) == 2, PATIENCE)
    assert "# tonight" in hall.read_text()
    page.click("#draw-zone")
    for x, y in ((0.2, 0.2), (0.6, 0.2), (0.6, 0.8)):
        tap(page, "#view", x, y)
    page.click("#draw-zone")
    page.wait_for("document.querySelectorAll('#masks li').length === 1 && document.querySelector('#shapes .outside')")
    page.click("#camera-save")
    wait_until(lambda: load_venue(hall).privacy.consent == "zone", PATIENCE)
    flat = [number for corner in load_venue(hall).privacy.zone for number in corner]
    assert flat == pytest.approx([0.2, 0.2, 0.6, 0.2, 0.6, 0.8], abs=0.02)
    wait_until(lambda: len(stage.asked("renew_eye")) == 3, PATIENCE)


def tap(page: Page, selector: str, x: float, y: float) -> None:
    from selenium.webdriver import ActionChains

    page.js("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", selector)
    box = page.js("document.querySelector(arguments[0]).getBoundingClientRect().toJSON()", selector)
    found = page.driver.find_element("css selector", selector)
    offset = round((x - 0.5) * box["width"]), round((y - 0.5) * box["height"])
    ActionChains(page.driver).move_to_element_with_offset(found, *offset).click().perform()


def test_while_a_visitor_is_in_the_film_the_first_tap_only_asks(stage: StageDouble, page: Page) -> None:
    stage.made = {"in_take": True}
    page.wait_for("!document.querySelector('#visitor').hidden")
    page.click("#show-grid")
    page.wait_for("document.querySelector('#said').textContent.includes('Tap again')")
    drag(page, "#board .handle:nth-of-type(2)", (-20, 20))
    assert stage.requests == []

    def heard_after_a_tap() -> bool:
        page.click("#show-grid")
        return bool(stage.asked("test_picture"))

    wait_until(heard_after_a_tap, LONG)
    assert stage.asked("test_picture")[0].arguments == ("grid", 0, True)
    assert stage.asked("corners") == []


def test_light_and_loudspeakers_are_set_by_hand(stage: StageDouble, page: Page, hall: Path) -> None:
    page.put("#black_level", "0.1", "input")
    hears(stage, "tone", 1, 0.1, False)
    page.put("#gamma", "1.2", "input")
    hears(stage, "tone", 1.2, 0.1, False)
    page.put("#brightness", "0.5", "input")
    hears(stage, "brightness", 0.5)
    page.click("#channels button:nth-of-type(2)")
    hears(stage, "test_channel", 2, True)
    page.click("#light-save")
    wait_until(lambda: "gamma" in hall.read_text(), PATIENCE)
    screen = load_venue(hall).screen
    assert (screen.gamma, screen.black_level, screen.brightness) == (1.2, 0.1, 0.5)


def test_the_page_fits_a_phone_and_every_control_has_a_name_and_can_be_hit(stage: StageDouble, page: Page) -> None:  # noqa: ARG001
    assert page.js("document.documentElement.scrollWidth") == PHONE[0]
    small = page.js(
        "[...document.querySelectorAll('button, select, input:not([type=checkbox])')]"
        ".filter((one) => one.checkVisibility())"
        ".filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.id || one.className)"
    )
    assert small == []
    nameless = page.js(
        "[...document.querySelectorAll('button, select, input')].filter((one) => !(one.textContent.trim()"
        " || one.getAttribute('aria-label') || one.labels?.length)).map((one) => one.id || one.className)"
    )
    assert nameless == []
