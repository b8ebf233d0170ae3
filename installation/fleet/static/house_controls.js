// What an operator can do: to all rooms, to a group, or to one. Buttons ask; how rooms stand is told by them alone.
import { answerOf, said, twice } from "/static/ask.js";
import { $, attribute, show, text } from "/static/dom.js";
import { number, t } from "/static/words.js";
import { w } from "./house_words.js";

export class Controls {
  constructor(live, only, rooms) {
    this.live = live;
    this.only = only;
    this.rooms = rooms;
    for (const button of document.querySelectorAll("button[data-do]")) {
      const values = button.dataset.value === undefined ? [] : [Number(button.dataset.value)];
      const words = () => t(button.dataset.t ?? "", {}, w(button.dataset.w ?? ""));
      const act = () => this.asked(button, words(), button.dataset.do, ...values);
      // What darkens or closes many rooms must not happen by a sleeve.
      button.addEventListener("click", button.dataset.twice === undefined ? act : twice(button, words, act));
    }
  }

  get target() {
    if (this.only) return { kind: "room", to: this.only };
    return this.rooms.group ? { kind: "group", to: this.rooms.group } : { kind: "all", to: "" };
  }

  choose() {
    this.follow();
  }

  follow() {
    const cards = this.only ? [this.rooms.cards.get(this.only)].filter(Boolean) : this.rooms.chosen;
    const words = this.only ? "" : w(this.rooms.group ? "for_group" : "for_all", { group: this.rooms.group, count: number(cards.length) });
    text($("controls-for"), words);
    for (const button of document.querySelectorAll("button[data-do]")) show(button, !cards.length || cards.some((card) => card.commands.includes(button.dataset.do)));
  }

  async asked(button, title, name, ...values) {
    button.classList.add("waits");
    attribute(button, "aria-busy", true);
    await this.ask(title, name, ...values);
    button.classList.remove("waits");
    attribute(button, "aria-busy", null);
  }

  // Asks, and says what became of it.
  async ask(title, name, ...values) {
    let answer;
    try {
      answer = await answerOf("/api/command", { ...this.target, name, arguments: values });
    } catch {
      said(t("answer.unheard", { what: title }), true);
      return;
    }
    const asked = answer.answers?.length ?? 0;
    if (answer.status === 401 || answer.status === 403) said(t("answer.refused", { what: title }), true);
    else if (answer.code !== 0 && asked > 1) said(w("done_some", { what: title, done: number(answer.done), asked: number(asked), why: answer.reason }), true);
    else if (answer.code !== 0) said(t("answer.no", { what: title, why: answer.reason || `HTTP ${answer.status}` }), true);
    else said(asked > 1 ? w("done_all", { what: title, asked: number(asked) }) : t("answer.done", { what: title }));
  }
}
