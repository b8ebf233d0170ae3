// The row of all rooms: those that need somebody first, each with a mark and a word, so that no colour is needed.
import { $, attribute, el, list, show, text } from "/static/dom.js";
import { howLong, number, t } from "/static/words.js";
import { w } from "./house_words.js";

export const NEEDS = ["lost", "hung", "trouble", "waiting", "well", "closed"];
const MARKS = { lost: "\u2715", hung: "\u25A0", trouble: "\u25B2", waiting: "\u2026", well: "\u25CF", closed: "\u25CB" };

// What is wrong with a room, in words.
export function why(card, now) {
  const words = [];
  if (card.since != null) words.push(w(`${card.need}_for`, { time: howLong(now - card.since) }));
  if (card.need === "trouble" && card.word === "fault") words.push(w("safe_scene"));
  if (card.need === "trouble" && card.lost.length) words.push(w("parts_lost", { parts: card.lost.map((part) => t(`sense.${part}`, {}, part)).join(", ") }));
  if (card.drifted) words.push(w("drifted"));
  if (card.alarms.length) words.push(w("alarm"));
  return words.join(" \u00B7 ");
}

export const needWords = (need) => `${MARKS[need]} ${w(`need_${need}`)}`;

export class Rooms {
  constructor(live, only, chosen) {
    this.live = live;
    this.only = only;
    this.cards = new Map();
    this.group = "";
    this.onChosen = chosen;
    this.later = 0;
  }

  // A line that is opened anew tells all rooms again: one that is gone meanwhile must not stay.
  begin() {
    this.cards.clear();
    this.soon();
  }

  room(card) {
    this.cards.set(card.room, card);
    this.soon();
  }

  gone(room) {
    this.cards.delete(room);
    this.soon();
  }

  state(state) {
    const counts = NEEDS.filter((need) => state.needs[need]).map((need) => `${number(state.needs[need])} ${w(`need_${need}`)}`);
    text($("all-words"), [...counts, w("visitors", { count: number(state.visitors) })].join(" \u00B7 "));
    show($("no-rooms"), state.connected && !state.rooms);
  }

  get groups() {
    return [...new Set([...this.cards.values()].flatMap((card) => card.groups))].sort();
  }

  // The rooms that the chosen group has, or all.
  get chosen() {
    return [...this.cards.values()].filter((card) => !this.group || card.groups.includes(this.group));
  }

  soon() {
    this.later ||= setTimeout(() => { this.later = 0; this.draw(); }, 30);
  }

  draw() {
    if (this.only) return;
    const now = this.live.now();
    const { groups } = this;
    if (this.group && !groups.includes(this.group)) this.group = "";
    list($("groups"), groups.length ? ["", ...groups] : [], () => el("button", { type: "button" }), (button, group) => {
      text(button, group || w("all_rooms"));
      attribute(button, "aria-pressed", String(group === this.group));
      button.onclick = () => {
        this.group = group;
        this.draw();
        this.onChosen();
      };
    });
    const order = (one, other) => NEEDS.indexOf(one.need) - NEEDS.indexOf(other.need) || one.label.localeCompare(other.label);
    list($("rooms"), this.chosen.sort(order), row, (node, card) => fill(node, card, now));
  }
}

function row() {
  const span = (name) => el("span", { class: name });
  return el("li", {}, el("a", {}, el("span", { class: "mark", "aria-hidden": "true" }), span("name"), span("need"), span("why"), el("span", { class: "scene" }, el("span"), span("figure")), el("span", { class: "small", lang: "en" })));
}

function fill(node, card, now) {
  const [mark, name, need, reason, scene, small] = node.firstChild.children;
  attribute(node, "class", card.need);
  attribute(node.firstChild, "href", `/room/${encodeURIComponent(card.room)}`);
  text(mark, MARKS[card.need]);
  text(name, card.label);
  text(need, w(`need_${card.need}`));
  const words = why(card, now);
  text(reason, words);
  show(reason, Boolean(words));
  const alive = !["lost", "hung"].includes(card.need);
  const playing = card.word ? `${t(`word.${card.word}`, {}, card.word)}: ${card.scene || t("no_scene")}` : "";
  text(scene.children[0], playing && !alive ? w("last_known", { what: playing }) : playing);
  text(scene.children[1], alive && card.word ? w("visitors", { count: number(card.visitors) }) : "");
  text(small, [card.house, card.version].filter(Boolean).join(" \u00B7 "));
}
