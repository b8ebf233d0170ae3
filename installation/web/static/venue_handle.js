// A point that can be dragged by a finger, or moved by the arrow keys, on a picture; its place is in shares of it.
import { el } from "./dom.js";

const STEP = 0.002;
const LARGE = 10;

const within = (value) => Math.min(1, Math.max(0, value));

export function placeOn(surface, event) {
  const box = surface.getBoundingClientRect();
  return [within((event.clientX - box.left) / box.width), within((event.clientY - box.top) / box.height)];
}

// `moved` is called with the new place; `held` with true and false as it is taken and let go.
export function handle(surface, { label, mark = "", kind = "", place, moved, held = () => {} }) {
  const button = el("button", { type: "button", class: `handle ${kind}`, "aria-label": label, "data-mark": mark });
  let grip = null;
  const put = ([x, y]) => {
    button.style.left = `${100 * x}%`;
    button.style.top = `${100 * y}%`;
  };
  button.addEventListener("pointerdown", (event) => {
    const [x, y] = placeOn(surface, event);
    const [ownX, ownY] = place();
    grip = [ownX - x, ownY - y];
    button.setPointerCapture(event.pointerId);
    button.classList.add("held");
    held(true);
  });
  button.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const [x, y] = placeOn(surface, event);
    moved([within(x + grip[0]), within(y + grip[1])]);
    put(place());
  });
  const let_go = () => {
    if (!grip) return;
    grip = null;
    button.classList.remove("held");
    held(false);
  };
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) button.addEventListener(name, let_go);
  button.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!by) return;
    event.preventDefault();
    const step = STEP * (event.shiftKey ? LARGE : 1);
    const [x, y] = place();
    moved([within(x + by[0] * step), within(y + by[1] * step)]);
    put(place());
  });
  button.addEventListener("focus", () => held(true));
  button.addEventListener("blur", () => held(false));
  put(place());
  surface.append(button);
  return { button, put: () => put(place()) };
}
