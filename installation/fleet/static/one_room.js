// One room's page: how it is, its mood, its parts, the way of the take, and the controls that only one room has.
import { $, el, list, show, text } from "/static/dom.js";
import { showMood, showSenses } from "/static/now.js";
import { howLong, moment, number, share, t } from "/static/words.js";
import { w } from "./house_words.js";
import { needWords, why } from "./rooms.js";

const SLIDE_EVERY = 200;
const HELD = 1500;

export class OneRoom {
  constructor(live, name, controls) {
    this.live = live;
    this.name = name;
    this.controls = controls;
    this.card = null;
    this.told = null;
    this.felt = null;
    this.held = {};
    $("go").addEventListener("click", () => controls.asked($("go"), t("goto", { scene: $("scene").value }), "goto", $("scene").value));
    for (const id of ["volume", "brightness"]) this.slide($(id), id);
    text($("room-name"), name);
    this.draw();
  }

  slide(input, name) {
    let later = 0;
    input.addEventListener("input", () => {
      this.held[name] = Date.now();
      later ||= setTimeout(() => { later = 0; this.controls.ask(t(name), name, input.value / 100); }, SLIDE_EVERY);
    });
  }

  room(card) {
    this.card = card;
    this.draw();
  }

  gone() {
    this.card = this.told = null;
    this.draw();
  }

  detail(document) {
    this.told = document;
    this.draw();
    const { scenes } = document;
    list($("scene"), scenes, () => el("option"), (option, scene) => {
      option.value = scene;
      text(option, scene);
    });
  }

  mood(document) {
    this.felt = document.mood;
    if (this.felt) showMood(this.felt);
  }

  translate() {
    this.draw();
    if (this.felt) showMood(this.felt);
  }

  draw() {
    const { card, told } = this;
    text($("room-name"), card?.label ?? this.name);
    text($("room-need"), card ? needWords(card.need) : w("no_such"));
    $("room-need").className = card ? `need-${card.need}` : "quiet";
    text($("room-why"), card ? why(card, this.live.now()) : "");
    const state = told?.state;
    list($("facts"), this.facts(card, told), () => el("div", {}, el("dt"), el("dd", { class: "figure" })), (node, [name, value]) => {
      text(node.children[0], name);
      text(node.children[1], value);
    });
    const way = told?.way ?? [];
    text($("way"), way.length ? t(state?.in_take ? "way" : "way_last", { way: way.join(" \u203A ") }) : t("way_none"));
    show($("own-console"), Boolean(told?.console));
    if (told?.console) $("own-console").href = told.console;
    if (!state) return;
    showSenses(state.senses, this.live.now());
    for (const name of ["volume", "brightness"]) {
      text($(`${name}-now`), share(state.controls[name]));
      if (Date.now() - (this.held[name] ?? 0) > HELD) $(name).value = Math.round(100 * state.controls[name]);
    }
  }

  facts(card, told) {
    if (!card) return [];
    const rows = [];
    const state = told?.state;
    if (card.word) rows.push([t(`word.${card.word}`, {}, card.word), card.scene || t("no_scene")]);
    rows.push([w("visitors_name"), number(card.visitors)], [t("takes"), number(card.takes)]);
    if (card.house) rows.push([w("doors"), card.house]);
    if (card.story) rows.push([t("story"), card.story]);
    if (card.version) rows.push([w("version"), card.version]);
    if (card.groups.length) rows.push([w("groups"), card.groups.join(", ")]);
    if (told?.started_at) rows.push([t("uptime"), howLong(this.live.now() - told.started_at)]);
    if (state) {
      rows.push([t("film_rate"), `${number(state.counters.film_fps, 1)} / s`], [t("eye_rate"), `${number(state.counters.eye_fps, 1)} / s`]);
      rows.push([w("drift"), number(state.counters.drift, 1)], [w("heard_at"), moment(state.at)]);
    }
    return rows;
  }
}
