// The console's page: opens the line to the show and hands on what comes.
import { login } from "./ask.js";
import { Controls } from "./controls.js";
import { $, el, list, show, text } from "./dom.js";
import * as drawings from "./drawings.js";
import { Graph } from "./graph.js";
import * as keys from "./keys.js";
import { Live } from "./live.js";
import * as logs from "./logs.js";
import { showMachine, showMood, showScene, showSenses, showWays } from "./now.js";
import { showRoom } from "./room.js";
import * as scenes from "./scenes.js";
import { LANGUAGES, howLong, keepLanguage, kept, language, moment, speak, t } from "./words.js";

const NAME = "chiaro.name";
const root = document.documentElement;
let story = null;
let state = null;
let machine = null;
let hello = null;
let told = null;

const live = new Live((name, document) => hear[name](document), tell);
await speak();
const controls = new Controls(live);
const graph = new Graph((scene) => root.dataset.role === "operator" && live.word === "ok" && scenes.open(scene));

const hear = {
  hello(document) {
    hello = document;
    root.dataset.role = document.role;
    text($("room"), document.room);
    window.document.title = `${document.room} \u00B7 chiaroscuro`;
    text($("version"), `chiaroscuro ${document.version}`);
    for (const node of window.document.querySelectorAll(".operators")) show(node, document.role === "operator");
    show($("viewer-words"), document.role !== "operator");
    if (document.name && !$("name").value) $("name").value = document.name;
    logs.reports();
  },
  story(document) {
    story = document;
    text($("story-words"), document.title);
    graph.plan(document);
    scenes.plan(document);
  },
  state(document) {
    const heard = Math.floor(state?.at ?? 0) !== Math.floor(document.at);
    announce(document);
    state = document;
    showScene(state, story);
    showMood(state.mood);
    showWays(state);
    controls.follow(state.controls);
    graph.state(state);
    scenes.on(state.scene.name);
    showRoom(state);
    if (heard) showSenses(state.senses, live.now());
  },
  machine(document) {
    machine = document;
    showMachine(machine, state?.counters, live.now());
  },
  drawings: (document) => drawings.put(document),
  loss(document) {
    if (logs.loss(document) && document.at > live.now() - 10) text($("heard-now"), logs.lossWords(document));
  },
  command: (document) => logs.command(document),
  picture: (document) => controls.picture(document),
  operators(document) {
    text($("operators"), t("open_pages", { count: document.pages }));
    $("operators").title = document.names.join(", ");
  },
};

// Said once to a screen reader when it changes; what moves four times a second is not.
function announce(next) {
  if (state && next.word === state.word && next.scene.name === state.scene.name) return;
  text($("heard"), `${next.scene.name || t("no_scene")}: ${t(`word.${next.word}`, {}, next.word)}`);
}

// How the line stands: in words, and by what can be pressed.
function tell(word, age, turned = false) {
  told = [word, age];
  if (turned) {
    root.dataset.live = word;
    for (const field of document.querySelectorAll("fieldset")) field.disabled = word !== "ok";
    for (const sheet of document.querySelectorAll("#scenes[open]")) if (word !== "ok") sheet.close();
    controls?.countDown();
  }
  let since = "";
  if (typeof age === "number") since = age < 600 ? t("since_news", { time: howLong(age) }) : t("since_news_at", { time: moment(live.newsAt / 1000) });
  text($("live"), t(`live.${word}`));
  const bad = word !== "ok" && word !== "connecting";
  show($("banner"), bad);
  if (!bad) {
    if (turned) text($("heard-now"), "");
    return;
  }
  const words = word === "older" ? t("banner.older", { version: age ?? "" }) : t(`banner.${word}`, { since });
  text($("banner-words"), words);
  show($("banner-button"), word === "older");
  text($("banner-button"), t("reload_page"));
  if (turned) text($("heard-now"), words);
  if (word === "older") reloadOnce(String(age));
}

// A page that stays open for weeks renews itself with the show; a second time only by hand, so that it never turns in circles.
function reloadOnce(version) {
  try {
    if (sessionStorage.getItem("chiaro.reloaded") === version) return;
    sessionStorage.setItem("chiaro.reloaded", version);
  } catch { return; }
  setTimeout(() => location.reload(), 3000);
}

function setUp() {
  list($("language"), Object.keys(LANGUAGES), () => el("option"), (option, code) => {
    option.value = code;
    option.lang = code;
    text(option, LANGUAGES[code]);
  });
  $("language").value = language;
  $("name").value = kept.get(NAME) ?? hello?.name ?? "";
}

$("language").addEventListener("change", async () => {
  keepLanguage($("language").value);
  await speak($("language").value);
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
$("open-keys").addEventListener("click", keys.help);
$("open-scenes").addEventListener("click", () => scenes.open());
$("banner-button").addEventListener("click", () => location.reload());
for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
for (const sheet of document.querySelectorAll("dialog")) {
  sheet.addEventListener("click", (event) => event.target === sheet && sheet.close());
}

// Lists that are long on a phone: brief there, whole on a desk, and then as they were left.
for (const button of document.querySelectorAll("[data-more]")) {
  const key = `chiaro.more.${button.dataset.more}`;
  const whole = (wanted) => {
    $(button.dataset.more).classList.toggle("brief", !wanted);
    button.setAttribute("aria-expanded", wanted);
    kept.set(key, wanted ? "1" : "0");
  };
  button.setAttribute("aria-controls", button.dataset.more);
  button.addEventListener("click", () => whole($(button.dataset.more).classList.contains("brief")));
  whole((kept.get(key) ?? (innerWidth >= 1180 ? "1" : "0")) === "1");
}

// Everything that is written by a program, in the language that is spoken now.
function retell() {
  keys.translate();
  logs.translate();
  logs.reports();
  controls.translate();
  graph.lit = "";
  if (state) hear.state({ ...state });
  if (state) showSenses(state.senses, live.now());
  if (machine) hear.machine(machine);
  if (told) tell(...told, true);
  drawings.translate();
}

// The token comes in the part of the address that no server logs, and leaves the address at once.
async function enter() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return;
  history.replaceState(null, "", location.pathname);
  await login(token, kept.get(NAME) ?? "").catch(() => 0);
}

keys.listen(controls, () => scenes.open());
retell();
tell("connecting", null, true);
await enter();
live.open();
setInterval(() => { controls.countDown(); }, 500);
setInterval(() => { if (live.word === "ok" && state) showSenses(state.senses, live.now()); }, 5000);
