"""The console's page in a real Chromium, against the real console's process and a double of the stage."""

from __future__ import annotations

import base64
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import pytest

from installation.web.document import CameraPicture, CommandLine, ControlsNow, LossLine, SceneNow, VisitorNow
from installation.web.live import MOST_PAGES
from installation.web.reports import REPORTS
from installation.web.token import read_tokens
from tests.installation.waiting import LONG, wait_until
from tests.installation.web.browser import DESK, PHONE, Page, chromium
from tests.installation.web.stage_double import StageDouble, made_state

CONTROLS = made_state(1).controls
JPEG = base64.b64encode(bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb004300") + b"\x08" * 64).decode()
SEEN = "document.querySelector(arguments[0]).checkVisibility()"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def running(page: Page, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StageDouble]:  # noqa: ARG001 - no browser, no process
    with StageDouble(tmp_path_factory.mktemp("console"), rate=8) as double:
        yield double


@pytest.fixture
def stage(running: StageDouble, page: Page) -> Iterator[StageDouble]:
    """The page is open at a desk, and everything as it was at first."""
    running.made.clear()
    running.answers = lambda _: (0, "ok")
    running.quiet = False
    if page.is_as_opened and page.js("location.href") == f"{running.url}/":
        page.wait_for("!document.querySelector('main .lit, dialog[open]')")
    else:
        page.size(DESK)
        page.open(running.url)
        page.is_as_opened = True
    running.requests.clear()
    yield running
    assert page.faults() == []


def controls(**changes: Any) -> ControlsNow:
    return CONTROLS.model_copy(update=changes)


def hears(stage: StageDouble, name: str, *values: Any) -> None:
    """Wait for a request of this name with these values."""
    try:
        wait_until(lambda: [one for one in stage.asked(name) if one.arguments == values], LONG)
    except AssertionError:
        raise AssertionError(f"{name} {values} was not asked, but {stage.requests}") from None


def test_a_phone_shows_scene_mood_health_and_choices_on_its_first_screen(stage: StageDouble, page: Page) -> None:
    page.size(PHONE, touch=True)
    page.open(stage.url)
    page.wait_for("document.querySelectorAll('#ways li').length === 2")
    floor = page.js("document.querySelector('.first-hand').getBoundingClientRect().top")
    for seen in ("#scene-name", "#scene-picture", "#timebar", "#word", "#moods", "#senses", "#ways"):
        assert page.js("document.querySelector(arguments[0]).getBoundingClientRect().bottom", seen) <= floor, seen
    assert page.text("#scene-name") == "arrival"
    assert page.text("#word") == "playing"
    assert page.js("document.getElementById('window').style.left") == "50%"
    assert page.js("document.getElementById('window').style.width") == "40%"
    assert "no sound device opens" in page.text("#senses .lost")
    assert page.js("document.documentElement.scrollWidth") == PHONE[0]


def test_on_a_narrow_phone_nothing_is_cut_off_and_everything_can_be_hit(stage: StageDouble, page: Page) -> None:
    page.size((320, 568), touch=True)
    page.open(stage.url)
    page.open_folds()
    small = page.js(
        "[...document.querySelectorAll('main button, main select, main input, main summary, .bar button, main a')]"
        ".map((one) => [one.id || one.textContent, one.getBoundingClientRect()])"
        ".filter(([, box]) => box.width && (box.height < 43.9 || box.width < 43.9)).map(([name]) => name)"
    )
    assert small == []
    assert page.js("document.documentElement.scrollWidth") == 320


@pytest.mark.usefixtures("stage")
def test_a_desk_shows_everything_at_one_glance(page: Page) -> None:
    page.wait_for("document.querySelectorAll('#machine div').length > 6")
    assert page.js("document.documentElement.scrollHeight") <= DESK[1]
    below = page.js(
        "[...document.querySelectorAll('main section')]"
        ".filter((one) => one.getBoundingClientRect().bottom > innerHeight)"
        ".map((one) => one.getAttribute('aria-labelledby'))"
    )
    assert below == []
    assert page.js("document.querySelectorAll('.node').length") == 6
    assert page.text(".node.now text") == "arrival"
    assert page.js("document.querySelectorAll('#room-plan rect').length") == 2, "the wall, and one visitor"


def test_in_a_crowd_no_word_lies_on_another_and_who_is_not_known_to_face_the_film_has_no_ray(
    stage: StageDouble, page: Page
) -> None:
    crowd = [
        VisitorNow(slot=k + 1, x=0.3 + 0.06 * k, y=0.4, size=0.1, dominant="fear", facing=0.9 if k < 5 else None)
        for k in range(8)
    ]
    stage.made["visitors"] = (*crowd, VisitorNow(slot=9, x=0.5, y=0.4, size=0.4, dominant=None))
    page.wait_for("document.querySelectorAll('#room-plan rect').length === 10")
    assert page.js("document.querySelectorAll('#room-plan path').length") == 1 + 5, (
        "what the camera sees, and five rays"
    )
    words = page.js(
        "[...document.querySelectorAll('#room-plan text')].filter((one) => isNaN(one.textContent))"
        ".map((one) => one.getBoundingClientRect()).map((box) => [box.left, box.right, box.top, box.bottom])"
    )
    assert len(words) >= 2
    assert not [
        (a, b)
        for k, a in enumerate(words)
        for b in words[:k]
        if a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]
    ]


def test_each_button_asks_the_show_for_its_command(stage: StageDouble, page: Page) -> None:
    for selector, name, values in (
        ("[data-command=start]", "start", ()),
        ("#pause", "pause", ()),
        ("[data-command=next]", "next", ()),
        ("[data-command=reset]", "reset", ()),
        ("[data-command=attract]", "attract", ()),
        ("[data-command=stop]", "stop", ()),
        ("#house-switch", "close", ()),
        ("#camera-switch", "staff", (1,)),
        ("#mute", "mute", (1,)),
    ):
        words = page.text(selector)
        page.click(selector)
        hears(stage, name, *values)
        page.wait_for("document.getElementById('said').textContent === arguments[0]", f"{words}: done")


def test_what_is_set_already_is_asked_to_end(stage: StageDouble, page: Page) -> None:
    stage.made["controls"] = controls(paused=True, blackout=True, mute=True, closed=True, camera=False)
    page.wait_for("document.querySelectorAll('main .lit').length === 5")
    for selector, name, values in (
        ("#pause", "resume", ()),
        ("#blackout", "blackout", (0,)),
        ("#mute", "mute", (0,)),
        ("#house-switch", "open", ()),
        ("#camera-switch", "camera", (1,)),
    ):
        page.click(selector)
        hears(stage, name, *values)


def test_staff_ends_what_staff_began_and_where_visitors_are_asked_one_touch_opens_the_eye(
    stage: StageDouble, page: Page
) -> None:
    page.wait_for("document.getElementById('consent').hidden")
    stage.made["controls"] = controls(staff=True, asks=True, eye_open=False, looking="staff")
    page.wait_for("document.querySelectorAll('main .lit').length === 1 && !document.getElementById('consent').hidden")
    page.click("#camera-switch")
    hears(stage, "staff", 0)
    page.click("#consent")
    hears(stage, "consent")


def test_rehearsal_captions_and_the_rare_commands_are_asked_for_too(stage: StageDouble, page: Page) -> None:
    page.open_folds()
    page.click("#rehearse button:nth-child(4)")
    hears(stage, "mood", "sadness", 0.9)
    page.put("#captions", "de", "change")
    hears(stage, "captions", "de")
    page.click("[data-command=reload]")
    hears(stage, "reload")


@pytest.mark.parametrize(("name", "values"), [("blackout", (1,)), ("restart", ()), ("shutdown", ())])
def test_what_ends_the_picture_takes_two_taps_and_says_so(
    stage: StageDouble, page: Page, name: str, values: tuple[Any, ...]
) -> None:
    button = f"document.getElementById('{name}')"
    words, once, taken_back = page.driver.execute_script(
        f"const one = {button}; const words = () => one.textContent; const seen = [words()];"
        " one.click(); seen.push(words()); one.dispatchEvent(new Event('blur')); seen.push(words());"
        " one.click(); one.click(); return seen;"
    )
    assert (once, taken_back) == (f"Again: {words}", words), "a tap elsewhere takes the first one back"
    hears(stage, name, *values)
    page.click("[data-command=next]")
    hears(stage, "next")
    assert len(stage.asked(name)) == 1, "of three taps only the last two were meant"


def test_a_slider_sends_where_it_is_dragged_and_its_figure_follows_the_show(stage: StageDouble, page: Page) -> None:
    page.put("#volume", "35", "input")
    hears(stage, "volume", 0.35)
    assert page.text("#volume-now") == "80%", "the show has not said so yet"
    stage.made["controls"] = controls(volume=0.35)
    page.wait_for("document.getElementById('volume-now').textContent === '35%'")


def test_a_switch_follows_the_show_and_not_the_tap(stage: StageDouble, page: Page) -> None:
    page.driver.execute_script(
        "window.changes = 0; new MutationObserver(() => { changes += 1; })"
        ".observe(document.getElementById('mute'), { attributeFilter: ['aria-pressed'] })"
    )
    page.click("#mute")
    page.wait_for("document.getElementById('said').textContent === 'Mute: done'")
    assert page.js("[document.getElementById('mute').getAttribute('aria-pressed'), changes]") == ["false", 0]
    stage.made["controls"] = controls(mute=True)
    page.wait_for("document.getElementById('mute').getAttribute('aria-pressed') === 'true'")


def test_a_refusal_is_told_in_the_shows_words(stage: StageDouble, page: Page) -> None:
    stage.answers = lambda _: (5, "the house is closed")
    page.click("[data-command=start]")
    page.wait_for("document.getElementById('said').textContent === 'Start: no. the house is closed'")


def test_any_scene_can_be_gone_to_by_its_picture_or_by_a_few_letters(stage: StageDouble, page: Page) -> None:
    page.click("#open-scenes")
    assert page.js("document.querySelectorAll('#tiles button').length") == 6
    assert page.text("#tiles [aria-current=true] span") == "arrival"
    page.press("s", "t", "o")
    assert page.js("[...document.querySelectorAll('#tiles span')].map((one) => one.textContent)") == ["storm"]
    page.click("#tiles button")
    hears(stage, "goto", "storm")
    assert not page.js("document.getElementById('scenes').open")


def test_keys_do_what_they_do_on_the_stages_keyboard(stage: StageDouble, page: Page) -> None:
    for keys, name, values in (
        (" ", "pause", ()),
        ("n", "next", ()),
        ("\ue014", "next", ()),
        ("r", "reset", ()),
        ("a", "attract", ()),
        ("bb", "blackout", (1,)),
        ("c", "close", ()),
        ("m", "mute", (1,)),
        ("\ue013", "volume", (0.85,)),
        ("l", "captions", ("own",)),
    ):
        stage.requests.clear()
        page.js("document.activeElement.blur()")
        page.press(*keys)
        hears(stage, name, *values)
    page.press("?")
    assert page.js("document.getElementById('keys').open")
    stage.requests.clear()
    page.press("n", "\ue00c")
    assert not page.js("document.getElementById('keys').open")
    page.click("#open-scenes")
    page.press("n", "r", "a")
    page.press("\ue00c")
    page.press("m")
    hears(stage, "mute", 1)
    assert len(stage.requests) == 1, "no key counts on a sheet or while a text is written"


def test_with_the_keyboard_alone_each_control_is_reached_and_can_be_seen(stage: StageDouble, page: Page) -> None:
    reached: list[str] = []
    page.js("document.querySelector('.skip').focus()")
    for _ in range(60):
        page.press("\ue004")
        name, outline = page.js(
            "[document.activeElement.id || document.activeElement.dataset.command || document.activeElement.tagName,"
            " getComputedStyle(document.activeElement).outlineStyle]"
        )
        if name == "BODY":
            break
        reached.append(name)
        assert outline == "solid", name
        if name == "pause":
            page.press("\ue007")
    hears(stage, "pause")
    wanted = {
        "start",
        "pause",
        "next",
        "blackout",
        "open-scenes",
        "volume",
        "mute",
        "show-camera",
        "losses",
        "open-setup",
    }
    assert wanted <= set(reached)


def test_reports_that_lie_ready_are_listed_and_open(stage: StageDouble, page: Page) -> None:
    folder = stage.folder / REPORTS
    folder.mkdir(exist_ok=True)
    (folder / "Hall 2 2026-11-26.html").write_text("<p>the evening</p>", "utf-8")
    page.open(stage.url)
    page.wait_for("document.querySelector('#reports a')")
    assert page.text("#reports a") == "Hall 2 2026-11-26.html"
    page.driver.get(page.js("document.querySelector('#reports a').href"))
    assert page.js("document.body.textContent.trim()") == "the evening"


@pytest.mark.usefixtures("stage")
def test_a_screen_reader_finds_a_name_for_every_control_and_the_page_in_parts(page: Page) -> None:
    page.open_folds()
    for opened in ("", "#open-scenes", "#open-keys", "#open-setup"):
        if opened:
            page.click(opened)
        tree = page.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        nodes = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in tree if not node["ignored"]]
        acting = {
            "button",
            "slider",
            "combobox",
            "textbox",
            "link",
            "image",
            "img",
            "graphics-document",
            "Canvas",
            "dialog",
            "region",
        }
        roles = {role for role, _ in nodes}
        unnamed = [role for role, name in nodes if role in acting and not name.strip()]
        assert unnamed == [], opened
        if opened:
            assert "dialog" in roles
            page.press("\ue00c")
        else:
            assert {"main", "banner", "region", "heading", "status", "alert", "slider", "combobox", "button"} <= roles
    heard = page.js("[...document.querySelectorAll('[aria-live], [role=status], [role=alert]')].map((one) => one.id)")
    assert heard == ["heard", "heard-now", "said"], "what moves four times a second is read out to nobody"


def test_a_loss_is_listed_and_read_out_and_nothing_in_it_is_run(stage: StageDouble, page: Page) -> None:
    why = "<img src=x onerror=\"document.title='run'\">"
    stage.send(LossLine(at=time.time(), part="camera", why=why, seconds=None))
    page.wait_for("document.getElementById('heard-now').textContent.startsWith('camera lost')")
    assert why in page.text("#losses li")
    stage.send(LossLine(at=time.time(), part="camera", why="", seconds=75))
    page.wait_for("document.querySelector('#losses li').textContent.includes('camera is back after 1 min')")
    assert page.js("document.title") == "Hall 2 · chiaroscuro"


def test_two_pages_see_each_other_and_what_each_did(stage: StageDouble, page: Page) -> None:
    first = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    try:
        page.driver.get(stage.url)
        page.wait_for("document.getElementById('operators').textContent === 'open pages: 2'")
        stage.send(CommandLine(at=time.time(), name="goto", value="storm", source="console Ada"))
        page.wait_for("document.getElementById('commands').textContent.includes('console Ada: goto storm')")
        page.driver.switch_to.window(first)
        page.wait_for("document.getElementById('commands').textContent.includes('console Ada: goto storm')")
        page.driver.switch_to.window(page.driver.window_handles[-1])
    finally:
        page.driver.close()
        page.driver.switch_to.window(first)
    page.wait_for("document.getElementById('operators').textContent === 'open pages: 1'")


def test_an_operators_name_goes_with_what_they_do(stage: StageDouble, page: Page) -> None:
    page.click("#open-setup")
    page.put("#name", "Ada", "input")
    page.click("#name-form button")
    try:
        page.wait_for("document.getElementById('operators').title === 'Ada'")
        page.wait_for("document.documentElement.dataset.live === 'ok'")
        page.click("[data-command=next]")
        hears(stage, "next")
        assert stage.asked("next")[-1].who == "Ada"
    finally:
        page.driver.delete_all_cookies()
        page.js("localStorage.clear()")
        page.open(stage.url)


def test_the_cameras_picture_is_there_as_long_as_it_was_granted(stage: StageDouble, page: Page) -> None:
    page.click("#show-camera")
    hears(stage, "show_camera", 60)
    until = time.time() + 60
    stage.made["controls"] = controls(camera_shown_until=until)
    page.wait_for("document.getElementById('eye-words').textContent.endsWith('left')")
    stage.send(CameraPicture(at=time.time(), jpeg=JPEG))
    page.wait_for("!document.getElementById('eye-picture').hidden")
    page.click("#show-camera")
    hears(stage, "show_camera", 0)
    stage.made["controls"] = controls(camera_shown_until=None)
    page.wait_for("document.getElementById('eye-picture').hidden && !document.getElementById('eye-picture').src")
    assert page.text("#eye-words") == ""


def test_without_news_for_three_seconds_the_page_says_so_and_takes_no_command(stage: StageDouble, page: Page) -> None:
    page.click("#blackout")
    stage.quiet = True
    page.wait_for("document.documentElement.dataset.live === 'stale'")
    assert page.text("#banner-words").startswith("No news from the show for ")
    assert page.js("[...document.querySelectorAll('main fieldset')].every((one) => one.disabled)")
    assert page.js(
        "[...document.querySelectorAll('.news')].every((one) => getComputedStyle(one).filter === 'grayscale(1)')"
    )
    page.size(PHONE, touch=True)
    assert page.js("document.querySelector('.first-hand').getBoundingClientRect().bottom") == PHONE[1]
    page.wait_for("document.getElementById('blackout').textContent === 'Blackout'")
    page.press("n")
    stage.quiet = False
    page.wait_for("document.documentElement.dataset.live === 'ok'")
    assert page.js("document.getElementById('banner').hidden")
    assert stage.asked("next") == stage.asked("blackout") == []


@pytest.mark.slow
@pytest.mark.usefixtures("stage")
def test_each_language_is_spoken_whole(page: Page) -> None:
    page.size((320, 568), touch=True)
    seen = set()
    for language in ("de", "fr", "it", "es", "pt", "nl", "ja", "en"):
        page.click("#open-setup")
        page.put("#language", language, "change")
        page.wait_for("document.documentElement.lang === arguments[0]", language)
        page.driver.execute_script("document.getElementById('setup').close()")
        seen.add(page.text("#mood-title") + page.text("#word") + page.text("#pause"))
        assert page.js("document.documentElement.scrollWidth") == 320, language
    assert len(seen) == 8
    page.js("localStorage.clear()")


def test_a_viewers_link_shows_everything_and_no_control(stage: StageDouble, page: Page) -> None:
    page.open(f"{stage.url}/#token={read_tokens(stage.folder).viewer}")
    try:
        page.wait_for("document.documentElement.dataset.role === 'viewer'")
        assert page.js("location.href") == f"{stage.url}/", "the token has left the address"
        assert not any(page.js(SEEN, one) for one in ("#pause", "#volume", "#show-camera", ".first-hand"))
        assert page.js(SEEN, "#scene-name")
        page.press("n")
        page.click("#open-keys")
        page.press("\ue00c")
        assert stage.asked("next") == []
    finally:
        page.driver.delete_all_cookies()


class Relay:
    """A network between page and console. Its line of events can be made dumb, as that of a phone that slept."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._lines: list[tuple[socket.socket, socket.socket]] = []
        self._events: set[socket.socket] = set()
        self._dumb: set[socket.socket] = set()
        self._ear = socket.create_server(("127.0.0.1", 0))
        self.port = self._ear.getsockname()[1]
        threading.Thread(target=self._take, daemon=True).start()

    def make_dumb(self) -> None:
        """Nothing more comes over the line of events that is open, and the page is not told. Idle lines are closed."""
        for near, far in self._lines:
            if near in self._events:
                self._dumb.add(near)
            else:
                _shut(near, far)

    def close(self) -> None:
        _shut(self._ear, *(one for line in self._lines for one in line))

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                near, far = self._ear.accept()[0], socket.create_connection(("127.0.0.1", self._port))
                self._lines.append((near, far))
                threading.Thread(target=self._ask, args=(near, far), daemon=True).start()
                threading.Thread(target=self._answer, args=(near, far), daemon=True).start()

    def _ask(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while heard := near.recv(65536):
                if b"GET /api/events" in heard:
                    self._events.add(near)
                far.sendall(heard)
        _shut(far)

    def _answer(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while heard := far.recv(65536):
                if near not in self._dumb:
                    near.sendall(heard)
        if near not in self._dumb:
            _shut(near)


def _shut(*sockets: socket.socket) -> None:
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


@pytest.mark.slow
def test_a_phone_that_slept_asks_anew_and_shows_what_is_so_now(stage: StageDouble, page: Page) -> None:
    with closing(Relay(stage.port)) as network:
        page.open(f"http://127.0.0.1:{network.port}")
        page.driver.execute_cdp_cmd("Page.setWebLifecycleState", {"state": "frozen"})
        network.make_dumb()
        stage.made["scene"] = SceneNow(
            name="storm", seconds=1, duration=None, loops=True, closes=None, listens=False, window=None
        )
        time.sleep(5)
        page.driver.execute_cdp_cmd("Page.setWebLifecycleState", {"state": "active"})
        page.wait_for("document.getElementById('scene-name').textContent === 'storm'")
        page.wait_for("document.documentElement.dataset.live === 'ok'")
        page.driver.get("about:blank")


@pytest.mark.slow
def test_when_the_console_is_gone_the_page_says_so_and_comes_back_by_itself(page: Page, tmp_path: Path) -> None:
    page.size(PHONE, touch=True)
    with StageDouble(tmp_path) as first:
        port = first.port
        page.open(first.url)
    page.wait_for("document.documentElement.dataset.live === 'offline'")
    assert page.text("#banner-words").startswith("The console cannot be reached")
    assert page.js("document.getElementById('pause').matches(':disabled')")
    with StageDouble(tmp_path, port=port) as second:
        assert second.port == port
        page.wait_for("document.documentElement.dataset.live === 'ok'")
        assert page.js("performance.getEntriesByType('navigation')[0].type") == "navigate"
    with StageDouble(tmp_path, port=port, version="0.1-newer"):
        page.wait_for("performance.getEntriesByType('navigation')[0].type === 'reload'")
        page.wait_for("document.documentElement.dataset.live === 'ok'")
        assert page.text("#version") == "chiaroscuro 0.1-newer", "it was renewed with the show"
        page.driver.get("about:blank")


@pytest.mark.slow
def test_a_page_that_is_older_than_the_show_says_so_and_loads_itself_again_once(page: Page, tmp_path: Path) -> None:
    with StageDouble(tmp_path, protocol=99, version="9.9") as stage:
        page.driver.get(stage.url)
        page.wait_for("document.documentElement.dataset.live === 'older'")
        page.wait_for("performance.getEntriesByType('navigation')[0].type === 'reload'")
        page.wait_for("document.documentElement.dataset.live === 'older'")
        assert "older than the show (9.9)" in page.text("#banner-words")
        assert page.js(SEEN, "#banner-button")
        assert page.js("document.getElementById('pause').matches(':disabled')")
        page.driver.get("about:blank")


def own_address() -> str:
    """This machine's address in its network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            pytest.skip("no network here: the way in by a token was not tried in a browser")
        return str(asked.getsockname()[0])


@pytest.mark.slow
def test_from_the_network_the_page_asks_for_the_code_and_a_token_lets_it_in(page: Page, tmp_path: Path) -> None:
    with StageDouble(tmp_path, listen=own_address()) as stage:
        address = stage.url.replace("127.0.0.1", own_address())
        page.driver.get(address)
        page.wait_for("document.documentElement.dataset.live === 'refused'")
        assert "Scan the QR code" in page.text("#banner-words")
        assert page.text("#scene-name").strip() == ""
        page.open(f"{address}/#token={read_tokens(tmp_path).operator}")
        assert page.js("[document.documentElement.dataset.role, location.hash]") == ["operator", ""]
        page.open(address)
        page.click("[data-command=next]")
        hears(stage, "next")
        page.driver.get("about:blank")


@pytest.mark.slow
def test_a_console_with_too_many_pages_says_that_it_is_busy_until_it_is_not(page: Page, tmp_path: Path) -> None:
    with StageDouble(tmp_path, rate=1) as stage, ExitStack() as others:
        for _ in range(MOST_PAGES):
            other = others.enter_context(socket.create_connection(("127.0.0.1", stage.port)))
            other.sendall(b"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert b"200 OK" in other.recv(200)
        page.driver.get(stage.url)
        page.wait_for("document.documentElement.dataset.live === 'busy'")
        assert "too many pages" in page.text("#banner-words")
        others.close()
        page.wait_for("document.documentElement.dataset.live === 'ok'")
        page.driver.get("about:blank")
