// The check of the whole show: every problem with its remedy.
import { $, el, list, show, text } from "./dom.js";
import { checkState } from "./venue_ask.js";
import { w } from "./venue_words.js";
import { share } from "./words.js";

const AGAIN = 700;
const ORDER = ["problem", "warning", "ok"];

export class Check {
  constructor() {
    $("check").addEventListener("click", () => this.follow({ every_clip: $("every-clip").checked }));
    this.follow(null);
  }

  async follow(start) {
    let found = await checkState(start).catch(() => null);
    while (found) {
      this.show(found);
      if (!found.running) return;
      await new Promise((done) => setTimeout(done, AGAIN));
      found = await checkState(null).catch(() => found);
    }
  }

  show(found) {
    $("check").disabled = found.running;
    show($("check-share"), found.running);
    $("check-share").value = found.share;
    const doing = found.running ? w("checking", { what: found.what, share: share(found.share) }) : "";
    const problems = found.findings.filter((one) => one.state === "problem").length;
    text($("check-words"), doing || (found.verdict ? w(`verdict_${found.verdict}`, { count: problems }) : ""));
    const sorted = [...found.findings].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
    this.fill($("findings"), sorted.filter((one) => one.state !== "ok"));
    const well = sorted.filter((one) => one.state === "ok");
    show($("well"), well.length > 0);
    text($("well-words"), w("well", { count: well.length }));
    this.fill($("well-findings"), well);
  }

  fill(parent, findings) {
    list(parent, findings, () => el("li", {}, el("b"), el("span", { lang: "en" }), el("span", { class: "where", lang: "en" })), (item, one) => {
      item.className = one.state;
      text(item.children[0], `${w(`state_${one.state}`)}: ${one.part}`);
      text(item.children[1], one.what);
      text(item.children[2], one.where);
    });
  }
}
