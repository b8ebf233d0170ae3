// What went and came back, who did what, and the reports that lie ready.
import { $, attribute, el, list, text } from "./dom.js";
import { howLong, moment, number, t } from "./words.js";

const MOST = 100;
const lines = { losses: [], commands: [] };

// A line that is sent anew after a lost connection is no second one. The newest stands first.
function keep(name, line) {
  const key = JSON.stringify(line);
  if (lines[name].some((other) => other.key === key)) return false;
  lines[name].push({ ...line, key });
  lines[name].sort((one, other) => other.at - one.at);
  lines[name].splice(MOST);
  return true;
}

const row = () => el("li", {}, el("time"), el("span"));

export function loss(line) {
  const fresh = keep("losses", line);
  showLosses();
  return fresh;
}

export const lossWords = (line) => {
  const part = t(`sense.${line.part}`, {}, line.part);
  return line.seconds == null ? t("went", { part, why: line.why }) : t("back", { part, time: howLong(line.seconds) });
};

function showLosses() {
  list($("losses"), lines.losses, row, (node, line) => {
    const [time, words] = node.children;
    text(time, moment(line.at));
    text(words, lossWords(line));
    attribute(words, "class", line.seconds == null ? "lost" : "back");
  });
}

export function command(line) {
  keep("commands", line);
  showCommands();
}

function showCommands() {
  list($("commands"), lines.commands, row, (node, line) => {
    const [time, words] = node.children;
    text(time, moment(line.at));
    const value = line.value == null || line.value === "" ? "" : ` ${typeof line.value === "object" ? JSON.stringify(line.value) : line.value}`;
    text(words, `${line.source}: ${line.name}${value}`);
    attribute(words, "class", null);
  });
}

function none(log, words) {
  list(log, [words], row, (node) => {
    text(node.lastChild, words);
    attribute(node.lastChild, "class", "quiet");
  });
}

export function translate() {
  if (lines.losses.length) showLosses();
  else none($("losses"), t("no_losses"));
  if (lines.commands.length) showCommands();
  else none($("commands"), t("no_commands"));
}

export async function reports() {
  let found = [];
  try {
    const answer = await fetch("/reports/");
    if (answer.ok) found = await answer.json();
  } catch { /* told by the state of the line */ }
  const files = found.slice(0, 30);
  if (!files.length) {
    $("reports").replaceChildren(el("li", { class: "quiet small" }, t("no_reports")));
    return;
  }
  $("reports").replaceChildren(...files.map((file) => {
    const size = ` ${moment(file.at)}, ${number(file.size / 1000)} kB`;
    return el("li", {}, el("a", { href: `/reports/${encodeURIComponent(file.name)}`, target: "_blank", rel: "noopener" }, file.name), el("span", { class: "quiet small" }, size));
  }));
}
