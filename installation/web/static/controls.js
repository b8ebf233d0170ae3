// What an operator can do. Buttons ask; how they stand is told by the show alone.
import { ask, asked, twice } from "./ask.js";
import { $, attribute, el, list, show, text } from "./dom.js";
import { EMOTIONS } from "./now.js";
import { filmTime, share, t } from "./words.js";

const SLIDE_EVERY = 150;
const LOOK_SECONDS = 60;

export class Controls {
  constructor(live) {
    this.live = live;
    this.now = null;
    this.held = {};
    for (const button of document.querySelectorAll("button[data-command]")) {
      button.addEventListener("click", () => asked(button, button.textContent, button.dataset.command));
    }
    const switches = {
      pause: () => (this.now.paused ? ["resume"] : ["pause"]),
      mute: () => ["mute", this.now.mute ? 0 : 1],
      "house-switch": () => (this.now.closed ? ["open"] : ["close"]),
      "camera-switch": () => (this.now.staff || this.now.camera ? ["staff", this.now.staff ? 0 : 1] : ["camera", 1]),
      "show-camera": () => ["show_camera", this.looks() ? 0 : LOOK_SECONDS],
    };
    for (const [id, wish] of Object.entries(switches)) {
      $(id).addEventListener("click", () => this.now && asked($(id), $(id).textContent, ...wish()));
    }
    const dark = twice($("blackout"), () => t("do.blackout"), () => asked($("blackout"), t("do.blackout"), "blackout", 1));
    $("blackout").addEventListener("click", () => {
      if (this.now?.blackout) asked($("blackout"), t("do.light"), "blackout", 0);
      else dark();
    });
    for (const id of ["forget", "restart", "shutdown"]) {
      $(id).addEventListener("click", twice($(id), () => t(`do.${id}`), () => asked($(id), t(`do.${id}`), id)));
    }
    for (const id of ["volume", "brightness"]) this.slide($(id), id);
    $("strength").addEventListener("input", () => this.showStrength());
    $("captions").addEventListener("change", () => ask(t("captions"), "captions", $("captions").value));
    this.translate();
  }

  translate() {
    const chip = () => el("button", { type: "button" }, el("span"));
    list($("rehearse"), EMOTIONS, chip, (button, word) => {
      button.style.color = `var(--${word})`;
      text(button.firstChild, t(`emotion.${word}`));
      button.onclick = () => asked(button, t("rehearse", { mood: t(`emotion.${word}`) }), "mood", word, $("strength").value / 100);
    });
    this.showStrength();
    this.captioned = "";
    if (this.now) this.follow(this.now);
  }

  showStrength() {
    text($("strength-now"), share($("strength").value / 100));
  }

  // While a finger is on it a slider shows the finger; its figure shows the show.
  slide(input, name) {
    let later = 0;
    const send = () => { later = 0; ask(t(name), name, input.value / 100); };
    input.addEventListener("input", () => {
      this.held[name] = Date.now();
      later ||= setTimeout(send, SLIDE_EVERY);
    });
    input.addEventListener("keydown", () => { this.held[name] = Date.now(); });
  }

  // One step louder or softer, as by the stage's keyboard.
  louder(step) {
    if (this.now) ask(t("volume"), "volume", Math.round(100 * Math.min(1, Math.max(0, this.now.volume + step))) / 100);
  }

  nextCaptions() {
    const options = [...$("captions").options].map((option) => option.value);
    if (!this.now?.caption_languages.length) return;
    const wish = options[(options.indexOf(this.wish()) + 1) % options.length];
    ask(t("captions"), "captions", wish);
  }

  wish() {
    if (this.now.captions === null) return "off";
    return this.now.captions.length ? this.now.captions.join(" ") : "own";
  }

  follow(now) {
    this.now = now;
    const lit = (id, on, words) => {
      $(id).classList.toggle("lit", on);
      if (!$(id).classList.contains("asking")) text($(id), words);
    };
    lit("pause", now.paused, t(now.paused ? "do.resume" : "do.pause"));
    lit("blackout", now.blackout, t(now.blackout ? "do.light" : "do.blackout"));
    lit("mute", now.mute, t("do.mute"));
    attribute($("mute"), "aria-pressed", String(now.mute)); // the words of the others say what a tap would do
    lit("house-switch", now.closed, t(now.closed ? "do.open" : "do.close"));
    const off = now.staff || !now.camera;
    lit("camera-switch", off, t(off ? "do.camera_on" : "do.camera"));
    show($("consent"), now.asks);
    lit("consent", now.asks && now.eye_open, t("do.consent"));
    for (const name of ["volume", "brightness"]) {
      text($(`${name}-now`), share(now[name]));
      const value = String(Math.round(100 * now[name]));
      if (Date.now() - (this.held[name] ?? 0) > 1200 && $(name).value !== value) $(name).value = value;
    }
    show($("captions-field"), now.caption_languages.length > 0);
    const offered = ["own", ...now.caption_languages.filter(Boolean), "off"];
    const wish = this.wish();
    if (!offered.includes(wish)) offered.push(wish);
    if (this.captioned !== offered.join()) {
      this.captioned = offered.join();
      list($("captions"), offered, () => el("option"), (option, value) => {
        option.value = value;
        text(option, t(`captions.${value}`, {}, value));
      });
    }
    if (document.activeElement !== $("captions")) $("captions").value = wish;
    this.countDown();
  }

  looks() {
    return (this.now?.camera_shown_until ?? 0) > this.live.now();
  }

  picture(document) {
    this.frame = document;
    $("eye-picture").src = `data:image/jpeg;base64,${document.jpeg}`;
    $("eye-picture").alt = t("eye_picture");
    show($("eye-picture"), this.looks());
  }

  // The picture goes when its time is over, and when its news is old: a frozen one would pretend.
  countDown() {
    const looks = this.looks() && this.live.word === "ok";
    const left = Math.max(0, Math.ceil((this.now?.camera_shown_until ?? 0) - this.live.now()));
    text($("eye-words"), looks ? t("eye_left", { time: filmTime(left) }) : "");
    text($("show-camera"), t(looks ? "do.hide_camera" : "do.show_camera"));
    const fresh = looks && this.frame && this.live.now() - this.frame.at < 5;
    show($("eye-picture"), Boolean(fresh));
    if (!looks) {
      this.frame = null;
      $("eye-picture").removeAttribute("src");
    }
  }
}
