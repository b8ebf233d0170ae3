// The camera: what of its picture is looked at, what is black (masks, and all but the zone of consent), and which camera it is.
import { said } from "./ask.js";
import { $, attribute, el, list, show, svg, text } from "./dom.js";
import { keep, sure, tell } from "./venue_ask.js";
import { handle, placeOn } from "./venue_handle.js";
import { w } from "./venue_words.js";
import { filmTime } from "./words.js";

const LOOK_SECONDS = 60;
const SMALLEST = 0.02;
const MOST = { masks: 16, corners: 40 };
const SIDES = [["left", "top"], ["right", "top"], ["right", "bottom"], ["left", "bottom"]];

const rounded = (value) => Math.round(1e4 * value) / 1e4;
const points = (corners) => corners.map(([x, y]) => `${1000 * x},${1000 * y}`).join(" ");

export class Camera {
  constructor(live, fileName) {
    this.live = live;
    this.fileName = fileName;
    this.region = { left: 0, top: 0, right: 1, bottom: 1 };
    this.masks = [];
    this.zone = [];
    this.chosen = null;
    this.begun = null;
    this.draws = "draw";
    this.until = 0;
    $("look").addEventListener("click", () => this.look());
    $("whole").addEventListener("click", () => { this.region = { left: 0, top: 0, right: 1, bottom: 1 }; this.draw(); });
    for (const id of ["draw", "draw-zone"]) $(id).addEventListener("click", () => (this.begun ? this.end() : this.begin_shape(id)));
    $("add-corner").addEventListener("click", () => this.add([0.5 + 0.1 * Math.cos(this.begun.length * 1.6), 0.5 + 0.1 * Math.sin(this.begun.length * 1.6)]));
    $("view").addEventListener("click", (event) => this.begun && !event.target.closest(".handle") && this.add(placeOn($("view"), event)));
    $("camera-undo").addEventListener("click", () => this.begin(this.kept));
    $("camera-save").addEventListener("click", () => this.save());
    $("source").addEventListener("change", () => this.mark());
    setInterval(() => this.countDown(), 500);
  }

  begin(kept) {
    this.kept = kept;
    this.region = { ...kept.region };
    this.masks = structuredClone(kept.masks);
    this.zone = structuredClone(kept.zone);
    this.chosen = null;
    this.begun = null;
    $("source").value = kept.source;
    this.draw();
  }

  cameras(found) {
    const known = new Map([["", w("source_first")], ["visitor", w("source_visitor")]]);
    for (const one of found) known.set(one.source, one.name ? `${one.source} (${one.name})` : one.source);
    if (!known.has(this.kept.source)) known.set(this.kept.source, this.kept.source);
    list($("source"), [...known], () => el("option"), (option, [value, words]) => {
      option.value = value;
      text(option, words);
    });
    $("source").value = this.kept.source;
    $("source").disabled = this.kept.source_file;
    this.mark();
  }

  async look() {
    await tell("show_camera", this.until > this.live.now() ? 0 : LOOK_SECONDS, true);
  }

  state(state) {
    this.until = state.controls.camera_shown_until ?? 0;
  }

  picture(document) {
    this.pictureAt = document.at;
    $("picture").src = `data:image/jpeg;base64,${document.jpeg}`;
    $("picture").alt = w("picture");
    $("picture").onload = () => { $("view").style.aspectRatio = `${$("picture").naturalWidth} / ${$("picture").naturalHeight}`; };
    this.countDown();
  }

  // A picture that is old would pretend: it goes, and with its time.
  countDown() {
    const left = this.until - this.live.now();
    const looks = left > 0 && this.live.word === "ok";
    const fresh = looks && this.pictureAt && this.live.now() - this.pictureAt < 5;
    show($("picture"), Boolean(fresh));
    show($("no-picture"), !fresh);
    text($("camera-left"), looks ? filmTime(Math.ceil(left)) : "");
    text($("look"), w(looks ? "look_end" : "look"));
    attribute($("look"), "aria-pressed", String(looks));
    if (!looks) $("picture").removeAttribute("src");
  }

  begin_shape(draws) {
    if (draws === "draw" && this.masks.length >= MOST.masks) return said(w("masks_most", { most: MOST.masks }), true);
    this.chosen = null;
    this.draws = draws;
    this.begun = [];
    this.draw();
  }

  add(place) {
    if (this.begun.length < MOST.corners) this.begun.push(place.map(rounded));
    this.draw();
  }

  end() {
    if (this.begun.length >= 3) {
      this.chosen = this.begun;
      if (this.draws === "draw") this.masks.push(this.begun);
      else this.zone = this.begun;
    }
    this.begun = null;
    this.draw();
  }

  remove(shape) {
    if (shape === this.zone) this.zone = [];
    else this.masks.splice(this.masks.indexOf(shape), 1);
    this.chosen = null;
    this.draw();
  }

  // Shapes, and handles for the region or for what is chosen.
  draw() {
    for (const one of $("view").querySelectorAll(".handle")) one.remove();
    this.shapes();
    for (const [id, words, done] of [["draw", "draw", "draw_done"], ["draw-zone", "draw_zone", "draw_zone_done"]]) {
      const begun = this.begun && this.draws === id;
      text($(id), begun ? w(this.begun.length < 3 ? "draw_cancel" : done) : w(words));
      attribute($(id), "aria-pressed", String(Boolean(begun)));
      show($(id), begun || !this.begun);
    }
    $("view").classList.toggle("drawing", Boolean(this.begun));
    show($("add-corner"), Boolean(this.begun));
    show($("whole"), !this.begun);
    text($("drawing-words"), this.begun ? w(this.draws === "draw" ? "draw_note" : "draw_zone_note", { count: this.begun.length }) : "");
    if (this.begun ?? this.chosen) this.cornerHandles(this.begun ?? this.chosen);
    else this.regionHandles();
    list($("masks"), [...(this.zone.length ? [this.zone] : []), ...this.masks], () => el("li", {}, el("button", { type: "button", class: "choose" }), el("button", { type: "button", class: "remove" }, "\u00D7")), (item, shape) => {
      const isZone = shape === this.zone, number = this.masks.indexOf(shape) + 1;
      const [choose, remove] = item.children;
      text(choose, w(isZone ? "zone" : "mask", { number }));
      attribute(choose, "aria-pressed", String(shape === this.chosen));
      choose.onclick = () => { this.chosen = this.chosen === shape ? null : shape; this.begun = null; this.draw(); };
      attribute(remove, "aria-label", w(isZone ? "zone_remove" : "mask_remove", { number }));
      remove.onclick = () => this.remove(shape);
    });
  }

  shapes() {
    const { left, top, right, bottom } = this.region;
    const shape = (kind, corners) => svg("polygon", { class: corners === this.chosen ? `${kind} chosen` : kind, points: points(corners) });
    const outside = `M0,0H1000V1000H0Z M${points(this.zone).replaceAll(" ", " L")}Z`;
    $("shapes").replaceChildren(
      ...(this.zone.length ? [svg("path", { class: "outside", d: outside }), shape("zone", this.zone)] : []),
      ...this.masks.map((mask) => shape("mask", mask)),
      svg("polygon", { class: "region", points: points([[left, top], [right, top], [right, bottom], [left, bottom]]) }),
      ...(this.begun?.length ? [svg("polyline", { class: "begun", points: points(this.begun) })] : []),
    );
    this.mark();
  }

  cornerHandles(corners) {
    corners.forEach((_, i) => handle($("view"), {
      label: w("mask_corner", { number: i + 1 }), kind: "small", place: () => corners[i],
      moved: (place) => { corners[i] = place.map(rounded); this.shapes(); },
    }));
  }

  regionHandles() {
    const handles = SIDES.map(([x, y], i) => handle($("view"), {
      label: w(`region_${i + 1}`), kind: "small green", place: () => [this.region[x], this.region[y]],
      moved: (place) => {
        const next = { ...this.region, [x]: rounded(place[0]), [y]: rounded(place[1]) };
        if (next.right - next.left < SMALLEST || next.bottom - next.top < SMALLEST) return;
        this.region = next;
        this.shapes();
        handles.forEach((one) => one.put());
      },
    }));
  }

  changed() {
    const { region, masks, zone, source } = this.kept;
    return JSON.stringify([region, masks, zone, source]) !== JSON.stringify([this.region, this.masks, this.zone, $("source").value]);
  }

  mark() {
    $("camera-save").classList.toggle("changed", Boolean(this.kept) && this.changed());
  }

  async save() {
    if (this.begun) this.end();
    if (!sure($("camera-save"))) return;
    const source = $("source").value;
    const another = source !== this.kept.source;
    const changes = { "camera.region": this.region, camera: { masks: this.masks, ...(another ? { source } : {}) } };
    // Who draws a zone wants nobody else looked at; to go back to a notice alone takes the file itself.
    if (JSON.stringify(this.zone) !== JSON.stringify(this.kept.zone)) changes.privacy = { zone: this.zone, ...(this.zone.length && this.kept.consent === "none" ? { consent: "zone" } : {}) };
    const answer = await keep(changes, this.fileName());
    if (!answer) return;
    Object.assign(this.kept, { region: { ...this.region }, masks: structuredClone(this.masks), zone: structuredClone(this.zone), source });
    if (changes.privacy?.consent) this.kept.consent = changes.privacy.consent;
    this.mark();
    if (!answer.new && await tell("renew_eye", another, true)) said(w("eye_renewed"));
  }
}
