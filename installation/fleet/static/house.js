// The house's page: opens the line to the house and hands on what comes, to the row of all rooms or to one of them.
import { login } from "/static/ask.js";
import { $, el, list, show, text } from "/static/dom.js";
import { Live } from "/static/live.js";
import { LANGUAGES, howLong, keepLanguage, kept, language, moment, t } from "/static/words.js";
import { Controls } from "./house_controls.js";
import { speakHouse, w } from "./house_words.js";
import * as evenings from "./evenings.js";
import * as lines from "./lines.js";
import { OneRoom } from "./one_room.js";
import { Rooms } from "./rooms.js";

const NAME = "chiaro.name";
const EVENTS = ["hello", "state", "room", "gone", "detail", "mood", "alarm", "command"];
const root = document.documentElement;
const path = location.pathname;
const only = path.startsWith("/room/") ? decodeURIComponent(path.slice(6)) : "";
const onEvenings = path === "/evenings";
let state = null;
let told = null;
let hello = null;

// The token comes in the part of the address that no server logs, and leaves the address at once.
const token = new URLSearchParams(location.hash.slice(1)).get("token");
if (token) {
  history.replaceState(null, "", path);
  await login(token, kept.get(NAME) ?? "").catch(() => 0);
}

let spoken = await speakHouse();
const query = only ? `?room=${encodeURIComponent(only)}` : "";
const live = new Live((name, document) => hear[name]?.(document), tell, EVENTS, `/api/events${query}`);
const rooms = new Rooms(live, only, (chosen) => controls.choose(chosen));
const controls = new Controls(live, only, rooms);
const one = only ? new OneRoom(live, only, controls) : null;

const hear = {
  hello(document) {
    hello = document;
    root.dataset.role = document.role;
    text($("house"), document.room);
    window.document.title = `${document.room} \u00B7 chiaroscuro`;
    text($("version"), `chiaroscuro ${document.version}`);
    for (const node of window.document.querySelectorAll(".operators:not(.one-only)")) show(node, document.role === "operator");
    for (const node of window.document.querySelectorAll(".one-only")) show(node, document.role === "operator" && Boolean(only));
    show($("viewer-words"), document.role !== "operator");
    rooms.begin();
    if (onEvenings) evenings.load();
  },
  state(document) {
    state = document;
    rooms.state(document);
    showBroker();
    text($("alarms-words"), document.alarms && !only ? w("standing", { count: document.alarms }) : "");
  },
  room(document) {
    rooms.room(document);
    one?.room(document);
    controls.follow();
  },
  gone(document) {
    rooms.gone(document.room);
    one?.gone(document.room);
    controls.follow();
  },
  detail: (document) => one?.detail(document),
  mood: (document) => one?.mood(document),
  alarm(document) {
    if (only && document.room !== only && document.kind !== "broker") return;
    if (lines.alarm(document) && document.at > live.now() - 10) text($("heard-now"), lines.alarmWords(document));
  },
  command: (document) => lines.command(document),
};

function showBroker() {
  const lost = state && !state.connected;
  show($("broker"), Boolean(lost));
  if (lost) text($("broker-words"), w("broker_lost", { time: howLong(live.now() - state.broker_lost_since), why: state.why }));
}

// How the line to the house stands: in words, and by what can be pressed.
function tell(word, age, turned = false) {
  told = [word, age];
  if (turned) {
    root.dataset.live = word;
    enable();
  }
  text($("live"), t(`live.${word}`));
  const bad = word !== "ok" && word !== "connecting";
  show($("banner"), bad);
  show($("banner-button"), word === "older");
  if (!bad) return;
  const since = typeof age !== "number" ? "" : age < 600 ? t("since_news", { time: howLong(age) }) : t("since_news_at", { time: moment(live.newsAt / 1000) });
  const words = word === "refused" ? w("refused") : word === "older" ? t("banner.older", { version: age ?? "" }) : t(`banner.${word}`, { since });
  text($("banner-words"), words);
  text($("banner-button"), t("reload_page"));
  if (turned) text($("heard-now"), words);
}

function enable() {
  for (const field of document.querySelectorAll("fieldset")) field.disabled = live.word !== "ok";
}

function setUp() {
  list($("language"), Object.keys(LANGUAGES), () => el("option"), (option, code) => {
    option.value = code;
    option.lang = code;
    text(option, LANGUAGES[code]);
  });
  $("language").value = kept.get("chiaro.language") ?? language;
  $("name").value = kept.get(NAME) ?? hello?.name ?? "";
  show($("not-translated"), !spoken);
  text($("not-translated"), w("not_translated", { language: LANGUAGES[$("language").value] ?? "" }));
}

$("language").addEventListener("change", async () => {
  keepLanguage($("language").value);
  spoken = await speakHouse();
  setUp();
  retell();
});
$("name-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  kept.set(NAME, $("name").value.trim());
  await login("", $("name").value.trim()).catch(() => 0);
  live.open();
  $("setup").close();
});
$("open-setup").addEventListener("click", () => { setUp(); $("setup").showModal(); });
$("banner-button").addEventListener("click", () => location.reload());
$("setup").addEventListener("click", (event) => event.target === $("setup") && $("setup").close());
for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());

// Everything that is written by a program, in the language that is spoken now.
function retell() {
  rooms.draw();
  controls.follow();
  one?.translate();
  lines.translate();
  if (state) { rooms.state(state); showBroker(); }
  if (onEvenings) evenings.draw();
  if (told) tell(...told);
}

for (const link of document.querySelectorAll("nav a")) {
  if (link.getAttribute("href") === (onEvenings ? "/evenings" : "/")) link.setAttribute("aria-current", "page");
}
for (const id of ["all"]) show($(id), !only && !onEvenings);
for (const id of ["one", "one-mood", "one-health"]) show($(id), Boolean(only));
for (const id of ["controls", "alarms-panel", "commands-panel"]) show($(id), !onEvenings);
show($("evenings-panel"), onEvenings);
retell();
tell("connecting", null, true);
live.open();
setInterval(() => { rooms.draw(); one?.draw(); showBroker(); }, 5000);
