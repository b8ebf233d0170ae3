// Alarms, and who did what: the newest stands first.
import { $, attribute, el, list, text } from "/static/dom.js";
import { howLong, moment, t } from "/static/words.js";
import { w } from "./house_words.js";

const MOST = 200;
const lines = { alarms: [], commands: [] };

// A line that is sent anew after a lost connection is no second one.
function keep(name, line) {
  const key = JSON.stringify(line);
  if (lines[name].some((other) => other.key === key)) return false;
  lines[name].push({ ...line, key });
  lines[name].sort((one, other) => other.at - one.at);
  lines[name].splice(MOST);
  return true;
}

const row = () => el("li", {}, el("time"), el("span", {}, el("span"), el("span", { class: "no" })));

function fill(node, at, words, kind, no = "") {
  text(node.children[0], moment(at));
  text(node.children[1].children[0], words);
  attribute(node.children[1].children[0], "class", kind);
  text(node.children[1].children[1], no);
}

export const alarmWords = (line) => {
  const what = `${line.label ? `${line.label}: ` : ""}${line.words}`;
  return line.begun ? w("alarm_begun", { what }) : w("alarm_over", { what, time: howLong(line.seconds) });
};

export function alarm(line) {
  const fresh = keep("alarms", line);
  showAlarms();
  return fresh;
}

function showAlarms() {
  if (!lines.alarms.length) none($("alarms"), t("no_losses"));
  else list($("alarms"), lines.alarms, row, (node, line) => fill(node, line.at, alarmWords(line), line.begun ? "begun" : "over"));
}

export function command(line) {
  keep("commands", line);
  showCommands();
}

function showCommands() {
  if (!lines.commands.length) none($("commands"), t("no_commands"));
  else list($("commands"), lines.commands, row, (node, line) => {
    const to = line.to || w("all_rooms");
    const done = line.asked > 1 ? ` ${w("done_of", { done: line.done, asked: line.asked })}` : "";
    fill(node, line.at, `${line.who}: ${to}: ${[line.name, ...line.arguments].join(" ")}${done}`, null, line.no.join("; "));
  });
}

function none(log, words) {
  list(log, [words], row, (node) => {
    text(node.children[0], "");
    text(node.children[1].children[0], words);
    attribute(node.children[1].children[0], "class", "quiet");
    text(node.children[1].children[1], "");
  });
}

export function translate() {
  showAlarms();
  showCommands();
}
