// The last evening of each room, side by side, and the tables of earlier ones.
import { $, el, list, show, text } from "/static/dom.js";
import { number, share } from "/static/words.js";
import { w } from "./house_words.js";

const hours = (seconds) => `${number(seconds / 3600, 1)} h`;
const COLUMNS = [
  ["name", String], ["day", String], ["story", String], ["visits", number], ["stopped", share], ["dwell_seconds", (value) => `${number(value)} s`],
  ["takes", number], ["completed", share], ["holding", share], ["open_seconds", hours], ["seeing_seconds", hours], ["losses", String],
];
let found = { evenings: [], tables: [] };

export async function load() {
  try {
    const answer = await fetch("/api/evenings");
    if (answer.ok) found = await answer.json();
  } catch { /* told by the state of the line */ }
  draw();
}

export function draw() {
  const [head, body] = [$("evenings").tHead.rows[0], $("evenings").tBodies[0]];
  list(head, COLUMNS, () => el("th", { scope: "col" }), (cell, [name]) => text(cell, w(`col_${name}`)));
  list(body, found.evenings, () => el("tr"), (row, evening) => {
    list(row, COLUMNS, () => el("td"), (cell, [name, written]) => text(cell, evening[name] == null ? "\u2013" : written(evening[name])));
  });
  show($("evenings"), found.evenings.length > 0);
  show($("no-evenings"), !found.evenings.length);
  show($("tables-title"), found.tables.length > 0);
  list($("tables"), found.tables, () => el("li", {}, el("a", {})), (row, name) => {
    row.firstChild.href = `/tables/${encodeURIComponent(name)}`;
    text(row.firstChild, name);
  });
}
