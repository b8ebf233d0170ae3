"""A real Chromium for the tests of pages: Debian's ``chromium`` with ``chromium-driver``, no window needed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.installation.waiting import LONG, wait_until

PHONE, DESK = (390, 844), (1440, 900)


@contextmanager
def chromium() -> Iterator[Page]:
    """A browser with one page, closed at the end."""
    programs = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if not all(programs):
        pytest.skip("no chromium with its driver here: no page was tried in a real browser")
    selenium = pytest.importorskip("selenium.webdriver", reason="no selenium: no page was tried in a real browser")
    options = selenium.ChromeOptions()
    options.binary_location = programs[0]
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=en"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = selenium.Chrome(options=options, service=selenium.ChromeService(programs[1]))
    try:
        yield Page(driver)
    finally:
        driver.quit()


class Page:
    """What tests do with a page. Elements are named by CSS selectors."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver
        self.is_as_opened = False
        """It was neither sized nor loaded since somebody said so."""

    def size(self, size: tuple[int, int], touch: bool = False) -> None:
        """Be a screen of so many CSS pixels."""
        self.is_as_opened = False
        told = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": touch}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", told)

    def open(self, address: str) -> None:
        """Load a page, and wait until it has news of the show."""
        self.is_as_opened = False
        self.driver.get("about:blank")
        self.driver.get(address)
        self.wait_for("document.documentElement.dataset.live === 'ok'")

    def js(self, expression: str, *arguments: Any) -> Any:
        """The value of an expression in the page; ``arguments[0]`` and so on in it."""
        return self.driver.execute_script(f"return {expression}", *arguments)

    def wait_for(self, expression: str, *arguments: Any) -> None:
        """Until an expression is true."""
        wait_until(lambda: self.js(expression, *arguments), LONG)

    def text(self, selector: str) -> str:
        """What an element shows."""
        return str(self.js("document.querySelector(arguments[0]).textContent", selector))

    def click(self, selector: str) -> None:
        """A tap in the middle of an element that can be seen there."""
        self.js("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", selector)
        self.driver.find_element("css selector", selector).click()

    def open_folds(self) -> None:
        """Open all that is folded away."""
        self.js("[...document.querySelectorAll('details')].forEach((one) => { one.open = true; })")

    def put(self, selector: str, value: str, event: str) -> None:
        """Set a slider or a choice to a value, as dragging or choosing does."""
        self.driver.execute_script(
            "const one = document.querySelector(arguments[0]); one.value = arguments[1];"
            " one.dispatchEvent(new Event(arguments[2]));",
            *(selector, value, event),
        )

    def press(self, *keys: str) -> None:
        """Keys, to whatever has the focus."""
        from selenium.webdriver import ActionChains

        ActionChains(self.driver).send_keys(*keys).perform()

    def faults(self) -> list[str]:
        """What the page's console complained of, but for pictures and reports that are not there."""
        lines = [line["message"] for line in self.driver.get_log("browser") if line["level"] == "SEVERE"]
        return [line for line in lines if "/thumbnails/" not in line and "/reports/" not in line]
