// The sheet from which any scene can be gone to.
import { ask } from "./ask.js";
import { $, attribute, el, list, text, thumbnail } from "./dom.js";
import { t } from "./words.js";

let story = null;
let present = "";

function fill() {
  const wish = $("scenes-find").value.trim().toLowerCase();
  const found = (story?.scenes ?? []).filter((scene) => scene.name.toLowerCase().includes(wish));
  const tile = () => el("li", {}, el("button", { type: "button" }, el("img", { alt: "" }), el("span")));
  list($("tiles"), found, tile, (node, scene) => {
    const button = node.firstChild;
    thumbnail(button.firstChild, scene.file ? scene.name : "", story.number);
    text(button.lastChild, scene.name);
    attribute(button, "aria-current", scene.name === present);
    button.onclick = () => {
      $("scenes").close();
      ask(t("goto", { scene: scene.name }), "goto", scene.name);
    };
  });
}

export function plan(plan) {
  story = plan;
  if ($("scenes").open) fill();
}

export function on(scene) {
  if (scene === present) return;
  present = scene;
  if ($("scenes").open) fill();
}

export function open(wish = "") {
  $("scenes-find").value = wish;
  fill();
  $("scenes").showModal();
  (wish ? $("tiles").querySelector("button") : $("scenes-find"))?.focus();
}

$("scenes-find").addEventListener("input", fill);
