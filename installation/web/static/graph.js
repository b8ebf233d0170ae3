// The story's graph, live: the way taken is lit, the scene on the wall stands out, the way it would take next is dashed.
import { $, el, svg, text, thumbnail } from "./dom.js";
import { t } from "./words.js";

const LARGEST = 3;

export class Graph {
  constructor(wanted) {
    this.wanted = wanted;
    this.follows = true;
    this.view = { x: 0, y: 0, zoom: 1 };
    this.plane = svg("g");
    this.picture = svg("svg", { role: "img", tabindex: 0 }, this.plane);
    const button = (sign, key, act) => el("button", { type: "button", "data-label": key, onclick: act }, sign);
    $("graph").append(this.picture, el("div", { class: "keep" },
      button("\u2212", "graph.smaller", () => this.zoom(1 / 1.4)), button("+", "graph.larger", () => this.zoom(1.4)),
      button("\u2922", "graph.all", () => this.fit()), button("\u25C9", "graph.follow", () => this.follow())));
    this.fingers = new Map();
    this.picture.addEventListener("pointerdown", (event) => this.down(event));
    this.picture.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) this.picture.addEventListener(name, (event) => this.up(event));
    this.picture.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.picture.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.size && (this.follows ? this.follow() : this.fit())).observe(this.picture);
  }

  plan(story) {
    this.story = story;
    this.nodes = new Map();
    this.edges = new Map();
    const { places, width, height, card: [wide, tall] } = story.graph;
    this.size = { width, height, wide, tall };
    this.places = places;
    const edges = svg("g");
    const nodes = svg("g");
    for (const [from, to, path] of story.graph.ways) {
      const edge = svg("path", { class: "edge", d: path });
      this.edges.set(`${from}\n${to}`, edge);
      edges.append(edge);
    }
    for (const scene of story.scenes) {
      const [x, y] = places[scene.name];
      const image = svg("image", { x: x + 4, y: y + 4, width: wide - 8, height: tall - 30, preserveAspectRatio: "xMidYMid slice" });
      const name = svg("text", { x: x + wide / 2, y: y + tall - 9, "text-anchor": "middle" });
      name.textContent = scene.name.length > 15 ? `${scene.name.slice(0, 14)}\u2026` : scene.name;
      const whole = svg("title");
      whole.textContent = scene.name;
      const node = svg("g", { class: "node", "data-kind": scene.kind, "data-scene": scene.name },
        svg("rect", { x, y, width: wide, height: tall, rx: 8 }), image, name, whole);
      this.nodes.set(scene.name, node);
      nodes.append(node);
      if (scene.file) thumbnail(image, scene.name, story.number);
    }
    this.plane.replaceChildren(edges, nodes);
    this.lit = "";
    this.scene = null;
    this.fit();
    this.follows = true;
  }

  state(state) {
    if (!this.story) return;
    const next = state.branches.find((branch) => branch.taken)?.to;
    const lit = [state.scene.name, next, ...state.way].join("\n");
    if (lit === this.lit) return;
    this.lit = lit;
    const been = new Set(state.way);
    const gone = new Set(state.way.slice(1).map((name, number) => `${state.way[number]}\n${name}`));
    for (const [name, node] of this.nodes) {
      node.classList.toggle("been", been.has(name));
      node.classList.toggle("now", name === state.scene.name);
      node.classList.toggle("coming", name === next);
    }
    for (const [pair, edge] of this.edges) {
      edge.classList.toggle("been", gone.has(pair));
      edge.classList.toggle("coming", pair === `${state.scene.name}\n${next}`);
      if (gone.has(pair) || edge.classList.contains("coming")) edge.parentNode.append(edge);
    }
    const way = state.way.join(" \u2192 ");
    text($("way"), way ? t(state.in_take ? "way" : "way_last", { way }) : t("way_none"));
    this.picture.setAttribute("aria-label", t("graph.heard", { count: this.nodes.size, scene: state.scene.name || t("no_scene") }));
    if (this.scene !== state.scene.name) {
      this.scene = state.scene.name;
      if (this.follows) this.follow();
    }
  }

  draw() {
    const { x, y, zoom } = this.view;
    this.plane.setAttribute("transform", `translate(${x} ${y}) scale(${zoom})`);
  }

  // All at once where that can be read; else the scene on the wall in the middle, as large as is good to read.
  follow() {
    this.fit();
    this.follows = true;
    const place = this.places?.[this.scene];
    if (!place || this.view.zoom >= 0.4) return;
    const { clientWidth, clientHeight } = this.picture;
    const zoom = 0.8;
    // The scene in the middle, as far as there is a graph on both sides of it.
    const put = (room, size, middle) => {
      const wish = room / 2 - zoom * middle;
      return zoom * size + 24 <= room ? (room - zoom * size) / 2 : Math.min(12, Math.max(room - zoom * size - 12, wish));
    };
    this.view = {
      zoom, x: put(clientWidth, this.size.width, place[0] + this.size.wide / 2), y: put(clientHeight, this.size.height, place[1] + this.size.tall / 2),
    };
    this.draw();
  }

  fit() {
    const { clientWidth, clientHeight } = this.picture;
    if (!this.size || !clientWidth) return;
    const { width, height } = this.size;
    const foot = 30; // ways back are drawn below
    const zoom = Math.min((clientWidth - 24) / width, (clientHeight - 16) / (height + foot), 1.3);
    this.view = { zoom, x: (clientWidth - zoom * width) / 2, y: Math.max(8, (clientHeight - zoom * (height + foot)) / 2) };
    this.follows = false;
    this.draw();
  }

  zoom(by, x = this.picture.clientWidth / 2, y = this.picture.clientHeight / 2) {
    const zoom = Math.min(LARGEST, Math.max(0.05, this.view.zoom * by));
    const factor = zoom / this.view.zoom;
    this.view = { zoom, x: x - factor * (x - this.view.x), y: y - factor * (y - this.view.y) };
    this.follows = false;
    this.draw();
  }

  pan(x, y) {
    this.view = { ...this.view, x: this.view.x + x, y: this.view.y + y };
    this.follows = false;
    this.draw();
  }

  down(event) {
    this.picture.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    this.moved = this.fingers.size > 1;
    this.touched = document.elementFromPoint(event.clientX, event.clientY)?.closest(".node");
  }

  move(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const after = { x: event.offsetX, y: event.offsetY };
    const other = [...this.fingers.entries()].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const apart = (finger) => Math.hypot(finger.x - other.x, finger.y - other.y) || 1;
      this.zoom(apart(after) / apart(before), (after.x + other.x) / 2, (after.y + other.y) / 2);
      this.pan((after.x - before.x) / 2, (after.y - before.y) / 2);
    } else if (this.moved || Math.hypot(after.x - before.x, after.y - before.y) > 5) {
      this.moved = true;
      this.picture.classList.add("moving");
      this.pan(after.x - before.x, event.pointerType === "touch" ? 0 : after.y - before.y);
    } else return;
    this.fingers.set(event.pointerId, after);
  }

  up(event) {
    this.fingers.delete(event.pointerId);
    this.picture.classList.remove("moving");
    if (event.type === "pointerup" && !this.moved && this.touched) this.wanted(this.touched.dataset.scene);
  }

  wheel(event) {
    event.preventDefault();
    this.zoom(1.0015 ** -event.deltaY, event.offsetX, event.offsetY);
  }

  key(event) {
    const step = 60;
    const acts = {
      ArrowLeft: () => this.pan(step, 0), ArrowRight: () => this.pan(-step, 0), ArrowUp: () => this.pan(0, step), ArrowDown: () => this.pan(0, -step),
      "+": () => this.zoom(1.4), "-": () => this.zoom(1 / 1.4), 0: () => this.fit(),
    };
    if (!acts[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }
}
