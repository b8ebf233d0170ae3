// The wall: corners that the picture follows, light, and the test pictures above the film.
import { said } from "./ask.js";
import { $, attribute, svg, text } from "./dom.js";
import { follower, keep, room, sure, tell } from "./venue_ask.js";
import { handle } from "./venue_handle.js";
import { w } from "./venue_words.js";
import { number, share } from "./words.js";

const STRAIGHT = [[0, 0], [1, 0], [1, 1], [0, 1]];
const RENEW_EVERY = 120000;
const LIGHT = ["brightness", "gamma", "black_level"];
const LINES = 8;

const copy = (corners) => corners.map((corner) => [...corner]);
const rounded = (value) => Math.round(1e4 * value) / 1e4;

// As the show checks it: clockwise, and none inside the others.
export function convex(corners) {
  const sides = corners.map(([x, y], i) => [x - corners.at(i - 1)[0], y - corners.at(i - 1)[1]]);
  return sides.every(([dx, dy], i) => sides.at(i - 1)[0] * dy - sides.at(i - 1)[1] * dx > 1e-3);
}

export class Wall {
  constructor(fileName) {
    this.fileName = fileName;
    this.corners = copy(STRAIGHT);
    this.light = { brightness: 1, gamma: 1, black_level: 0 };
    this.held = 0;
    this.mine = "";
    this.sendCorners = follower(() => tell("corners", ...this.corners.flat().map(rounded), false));
    this.sendTone = follower(() => tell("tone", this.light.gamma, this.light.black_level, false));
    this.sendBrightness = follower(() => tell("brightness", this.light.brightness));
    this.sendPicture = follower((name, corner, certain) => tell("test_picture", name, corner, certain));
    this.handles = this.corners.map((_, i) => handle($("board"), {
      label: w(`corner_${i + 1}`), mark: i + 1, place: () => this.corners[i],
      moved: (place) => this.move(i, place), held: (on) => this.hold(on ? i + 1 : 0),
    }));
    for (const button of document.querySelectorAll("[data-picture]")) {
      button.addEventListener("click", () => this.lay(button));
    }
    for (const name of LIGHT) $(name).addEventListener("input", () => this.slide(name, Number($(name).value)));
    $("straight").addEventListener("click", () => this.allowed() && this.put(copy(STRAIGHT)));
    $("wall-undo").addEventListener("click", () => this.allowed() && this.put(copy(this.kept.corners)));
    $("light-undo").addEventListener("click", () => LIGHT.forEach((name) => this.slide(name, this.kept[name])));
    $("wall-save").addEventListener("click", () => this.save({ corners: this.corners.map((corner) => corner.map(rounded)) }));
    $("light-save").addEventListener("click", () => this.save({ ...this.light }));
    setInterval(() => this.renew(), RENEW_EVERY);
    addEventListener("pagehide", () => this.leave());
  }

  // What the file says; the wall shows the same unless somebody has dragged it since.
  begin(kept) {
    this.kept = kept;
    this.corners = copy(kept.corners);
    for (const name of LIGHT) this.light[name] = kept[name];
    this.draw();
    LIGHT.forEach((name) => this.show(name));
  }

  state(state) {
    for (const button of document.querySelectorAll("[data-picture]")) {
      attribute(button, "aria-pressed", String(state.controls.test_picture === button.dataset.picture));
    }
    if (!state.controls.test_picture) this.mine = "";
  }

  lay(button) {
    const wish = room.picture === button.dataset.picture ? "" : button.dataset.picture;
    if (wish && !sure(button)) return;
    this.mine = wish;
    this.sendPicture(wish, 0, room.inTake);
  }

  // A grid must not stay on the wall of an exhibition: who looks at the page keeps it there.
  renew() {
    if (this.mine && !document.hidden) this.sendPicture(this.mine, this.held, true);
  }

  leave() {
    if (!this.mine) return;
    const body = JSON.stringify({ name: "test_picture", arguments: ["", 0, true] });
    fetch("/api/command", { method: "POST", headers: { "Content-Type": "application/json" }, body, keepalive: true });
  }

  hold(corner) {
    if (corner === this.held) return;
    this.held = corner;
    if (room.picture === "grid") this.sendPicture("grid", corner, true);
  }

  move(i, place) {
    if (!this.allowed()) return;
    const wish = copy(this.corners);
    wish[i] = place;
    if (convex(wish)) this.put(wish);
  }

  // A tap can be asked for twice, a drag cannot: while a visitor is in the film, a test picture comes first.
  allowed() {
    if (!room.inTake || room.picture) return true;
    said(w("picture_first"), true);
    return false;
  }

  put(corners) {
    this.corners = corners;
    this.draw();
    this.sendCorners();
  }

  draw() {
    const at = (u, v) => {
      const [a, b, c, d] = this.corners;
      return [0, 1].map((k) => 1000 * ((1 - v) * ((1 - u) * a[k] + u * b[k]) + v * ((1 - u) * d[k] + u * c[k])));
    };
    $("board-shape").setAttribute("points", this.corners.map(([x, y]) => `${1000 * x},${1000 * y}`).join(" "));
    const lines = [];
    for (let i = 1; i < LINES; i += 1) {
      for (const [[x1, y1], [x2, y2]] of [[at(i / LINES, 0), at(i / LINES, 1)], [at(0, i / LINES), at(1, i / LINES)]]) {
        lines.push(svg("line", { x1, y1, x2, y2 }));
      }
    }
    $("board-lines").replaceChildren(...lines);
    for (const one of this.handles) one.put();
    this.mark();
  }

  slide(name, value) {
    if (name !== "brightness" && !this.allowed()) return this.show(name);
    this.light[name] = value;
    this.show(name);
    if (name === "brightness") this.sendBrightness();
    else this.sendTone();
  }

  show(name) {
    const value = this.light[name];
    $(name).value = value;
    text($(`${name}-now`), name === "gamma" ? number(value, 2) : share(value));
    this.mark();
  }

  mark() {
    if (!this.kept) return;
    const moved = this.corners.some((corner, i) => corner.some((value, k) => Math.abs(value - this.kept.corners[i][k]) > 1e-4));
    $("wall-save").classList.toggle("changed", moved);
    $("light-save").classList.toggle("changed", LIGHT.some((name) => Math.abs(this.light[name] - this.kept[name]) > 1e-4));
  }

  async save(screen) {
    if (await keep({ screen }, this.fileName())) Object.assign(this.kept, structuredClone(screen));
    this.mark();
  }
}
