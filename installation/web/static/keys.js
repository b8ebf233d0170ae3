// The keys of the stage's keyboard (installation/show/keys.py), on a desk.
import { $, el } from "./dom.js";
import { t } from "./words.js";

const SHOWN = [
  ["Space", "keys.pause"], ["N, \u2192", "keys.next"], ["R", "keys.reset"], ["A", "keys.attract"], ["B, B", "keys.blackout"], ["C", "keys.house"], ["E", "keys.consent"], ["S", "keys.staff"],
  ["M", "keys.mute"], ["\u2191, \u2193", "keys.volume"], ["L", "keys.captions"], ["F, F", "keys.forget"], ["G", "keys.goto"], ["?", "keys.help"],
];
const VOLUME_STEP = 0.05;

export function translate() {
  const rows = SHOWN.flatMap(([keys, words]) => [el("dt", {}, el("kbd", {}, keys === "Space" ? t("keys.space") : keys)), el("dd", {}, t(words))]);
  $("keys-list").replaceChildren(...rows);
}

export function help() {
  $("keys").showModal();
}

// A key belongs to a field that is written in, to a slider and to an open sheet first; Space belongs to a focused button.
function taken(event) {
  const focus = event.target.closest?.("input, select, textarea, [contenteditable]");
  if (focus || document.querySelector("dialog[open]") || event.ctrlKey || event.metaKey || event.altKey) return true;
  const scrolls = event.target.closest?.(".log");
  if (scrolls && /^Arrow/.test(event.key)) return true;
  return event.key === " " && Boolean(event.target.closest?.("button, summary, a"));
}

export function listen(controls, goTo) {
  const press = (selector) => () => document.querySelector(selector).click();
  const acts = {
    " ": press("#pause"), n: press("[data-command=next]"), ArrowRight: press("[data-command=next]"), r: press("[data-command=reset]"),
    a: press("[data-command=attract]"), b: press("#blackout"), f: press("#forget"), c: press("#house-switch"), e: press("#consent"), s: press("#camera-switch"), m: press("#mute"), l: () => controls.nextCaptions(),
    g: goTo, ArrowUp: () => controls.louder(VOLUME_STEP), ArrowDown: () => controls.louder(-VOLUME_STEP),
  };
  addEventListener("keydown", (event) => {
    if (taken(event)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "?") {
      event.preventDefault();
      help();
      return;
    }
    const act = acts[key];
    if (!act || document.documentElement.dataset.live !== "ok" || document.documentElement.dataset.role !== "operator") return;
    event.preventDefault();
    if (!event.repeat || key.startsWith("ArrowUp") || key.startsWith("ArrowDown")) act();
  });
}
