// What is so now: the scene on the wall, the mood, each way out, each sense, the machine.
import { $, attribute, el, list, percent, show, text, thumbnail } from "./dom.js";
import { clockTime, filmTime, howLong, moment, number, share, t } from "./words.js";

export const EMOTIONS = ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"];
const MARKS = { ok: "\u25CF", lost: "\u25B2", off: "\u25CB" };

export function showScene(state, story) {
  const { scene } = state;
  text($("scene-name"), scene.name || t("no_scene"));
  thumbnail($("scene-picture"), scene.name, story?.number ?? 0);
  text($("word"), t(`word.${state.word}`, {}, state.word));
  attribute($("word"), "data-word", state.word);
  text($("house"), state.house);
  const long = scene.duration;
  const at = (seconds) => percent(seconds / long);
  $("gone").style.width = long ? at(scene.seconds) : "0";
  show($("window"), Boolean(long && scene.window));
  if (long && scene.window) {
    $("window").style.left = at(scene.window[0]);
    $("window").style.width = percent((Math.min(scene.window[1], long) - scene.window[0]) / long);
  }
  show($("closes"), Boolean(long && scene.closes != null));
  if (long && scene.closes != null) $("closes").style.left = at(scene.closes);
  const times = [long ? `${filmTime(scene.seconds)} / ${filmTime(long)}` : filmTime(scene.seconds)];
  if (scene.loops) times.push(t("loops"));
  if (scene.closes != null) times.push(t("choice_at", { time: filmTime(scene.closes) }));
  text($("times"), times.join(" \u00B7 "));
  text($("listens"), t(scene.listens ? "listens" : "listens_not"));
  $("listens").classList.toggle("on", scene.listens);
  // The exact second would be read out four times a second.
  const window = scene.window ? t("window", { from: filmTime(scene.window[0]), until: filmTime(scene.window[1]) }) : t("window_none");
  attribute($("timebar"), "aria-label", `${long ? t("length", { time: filmTime(long) }) : t("loops")}; ${window}`);
}

const meterRow = (colour) => () => {
  const meter = el("span", { class: "meter", "aria-hidden": "true" }, el("i"));
  if (colour) meter.style.color = colour;
  return el("li", {}, el("span", { class: "name" }), meter, el("span", { class: "figure" }));
};

export function showMood(mood) {
  list($("moods"), EMOTIONS, meterRow(), (row, emotion) => {
    const value = mood.probabilities[emotion] ?? 0;
    text(row.children[0], t(`emotion.${emotion}`));
    row.children[1].style.color = `var(--${emotion})`;
    row.children[1].firstChild.style.width = percent(value);
    text(row.children[2], percent(value));
    row.classList.toggle("first", emotion === mood.dominant);
  });
  const words = [];
  if (mood.rehearsed) words.push(t("rehearsed"));
  if (!mood.trusted) words.push(t("not_trusted", { why: mood.reason }));
  else if (!mood.present) words.push(t("nobody"));
  else words.push(mood.dominant ? `${t(`emotion.${mood.dominant}`)} ${share(mood.confidence)}` : t("undecided"));
  text($("mood-words"), words.join(" \u00B7 "));
}

function wayRow() {
  const meter = el("span", { class: "meter", "aria-hidden": "true" }, el("i"), el("b"));
  return el("li", {}, el("span", { "aria-hidden": "true" }), el("span", { class: "name" }), meter, el("span", { class: "figure" }),
    el("span", { class: "stands", lang: "en" }));
}

export function showWays(state) {
  const next = state.branches.find((branch) => branch.taken);
  text($("ways-words"), next ? t("would_be", { scene: next.to }) : "");
  list($("ways"), state.branches, wayRow, (row, branch) => {
    const [mark, name, meter, figure, stands] = row.children;
    row.classList.toggle("taken", branch.taken);
    row.classList.toggle("otherwise", !branch.asks);
    text(mark, branch.taken ? "\u25B6" : "");
    text(name, branch.to);
    const [bar, needed] = meter.children;
    bar.style.width = percent(branch.share);
    show(needed, branch.needed != null);
    if (branch.needed != null) needed.style.left = percent(branch.needed);
    show(meter, Boolean(branch.asks));
    text(figure, branch.asks ? percent(branch.share) : "");
    text(stands, branch.stands || branch.asks || t("otherwise"));
  });
  // What the conditions ask beside the mood: what the scene was answered, what the take remembers, what other machines sent.
  const signals = Object.entries(state.signals).map(([name, words]) => `${name}: ${words}`);
  list($("known"), [...state.answers, ...state.remembered, ...signals], () => el("li"), (row, words) => text(row, words));
}

export function showSenses(senses, now) {
  const lost = senses.filter((sense) => sense.state === "lost").length;
  text($("health-words"), lost ? t("lost_count", { count: lost }) : t("all_well"));
  $("health-words").style.color = lost ? "var(--lost)" : "var(--ok)";
  const row = () => el("li", {}, el("span", { class: "mark", "aria-hidden": "true" }),
    el("span", {}, el("span"), el("span", { class: "only-heard" })), el("time"), el("span", { class: "words", lang: "en" }));
  list($("senses"), senses, row, (node, sense) => {
    const [mark, name, since, words] = node.children;
    attribute(node, "class", sense.state);
    attribute(node, "title", sense.words);
    text(mark, MARKS[sense.state]);
    text(name.children[0], t(`sense.${sense.name}`, {}, sense.name));
    text(name.children[1], `: ${t(`sense_state.${sense.state}`)}`);
    const known = sense.since != null;
    text(since, known ? howLong(now - sense.since) : "");
    attribute(since, "title", known ? t("since", { time: moment(sense.since) }) : null);
    const clear = sense.state === "lost";
    show(words, clear);
    text(words, clear ? sense.words : "");
  });
}

export function showMachine(machine, counters, now) {
  const gigabytes = (bytes) => `${number(bytes / 1e9, bytes < 1e10 ? 1 : 0)} GB`;
  const rows = [];
  if (machine) {
    const loads = machine.load || [];
    if (loads.length) rows.push([t("load"), `${share(loads.reduce((sum, load) => sum + load, 0) / loads.length)} \u00D7 ${loads.length}`, loads.every((load) => load > 0.9)]);
    if (machine.memory_total && machine.memory_used != null) rows.push([t("memory"), `${share(machine.memory_used / machine.memory_total)} / ${gigabytes(machine.memory_total)}`, machine.memory_used > 0.92 * machine.memory_total]);
    rows.push([t("temperature"), machine.temperature == null ? "\u2013" : `${number(machine.temperature)} \u00B0C`, machine.temperature > 85]);
    if (machine.disk_free != null) rows.push([t("disk"), gigabytes(machine.disk_free), machine.disk_free < 2e9]);
    if (machine.uptime != null) rows.push([t("uptime"), howLong(machine.uptime)]);
  }
  if (counters) {
    rows.push([t("film_rate"), `${number(counters.film_fps, 1)} / s`], [t("eye_rate"), `${number(counters.eye_fps, 1)} / s`]);
    rows.push([t("late"), `${number(counters.late)} (${share(counters.late / Math.max(1, counters.pictures))})`], [t("takes"), number(counters.takes)]);
  }
  const row = () => el("div", {}, el("dt"), el("dd", { class: "figure" }));
  list($("machine"), rows, row, (node, [name, value, bad]) => {
    text(node.children[0], name);
    text(node.children[1], value);
    node.children[1].classList.toggle("bad", Boolean(bad));
  });
  text($("clock"), clockTime(machine?.clock ?? now));
}
