// Who stands where, from above: boxes on black, no picture of anybody. How far away is guessed from the size of the face.
import { $, svg, text } from "./dom.js";
import { language, t } from "./words.js";

const WIDE = 320;
const TALL = 190;
const CAMERA = TALL - 16;

// A face of four tenths of the picture's height is near (0), one of a twenty-fifth far (1); what lies between by its logarithm.
const depth = (size) => Math.min(1, Math.max(0, Math.log(0.4 / Math.max(size, 0.01)) / Math.log(10)));

let drawn = "";

export function showRoom(state) {
  const wanted = JSON.stringify([state.visitors, state.controls.camera, language]);
  if (wanted === drawn) return;
  drawn = wanted;
  const shapes = [
    svg("path", { d: `M${WIDE / 2} ${CAMERA}L18 6H${WIDE - 18}z`, fill: "var(--panel)" }),
    svg("rect", { x: 30, y: TALL - 9, width: WIDE - 60, height: 4, rx: 2, fill: "var(--light)" }),
    svg("circle", { cx: WIDE / 2, cy: CAMERA, r: 4, fill: state.controls.camera ? "var(--ok)" : "var(--off)" }),
  ];
  const written = [];
  for (const visitor of state.visitors) {
    const far = depth(visitor.size);
    const y = CAMERA - 34 - far * (TALL - 70);
    const spread = ((CAMERA - y) / (CAMERA - 6)) * (WIDE - 36);
    const x = WIDE / 2 + (visitor.x - 0.5) * spread;
    const colour = `var(--${visitor.dominant ?? "off"})`;
    if (visitor.facing != null) {
      // A ray towards the wall: as long as the visitor faces the film.
      shapes.push(svg("path", { d: `M${x - 5} ${y + 11}h10L${x + 2} ${y + 13 + 20 * visitor.facing}h-4z`, fill: colour, opacity: 0.35 + 0.65 * visitor.facing }));
    }
    shapes.push(svg("rect", { x: x - 12, y: y - 10, width: 24, height: 20, rx: 4, fill: "#000", stroke: colour, "stroke-width": 2.5 }));
    const number = svg("text", { x, y: y + 4.5, fill: colour, "text-anchor": "middle", "font-size": 13, "font-weight": 600 });
    number.textContent = visitor.slot;
    shapes.push(number);
    // Who speaks has three dots.
    if (visitor.speaking) for (const k of [0, 1, 2]) shapes.push(svg("circle", { cx: x + 18 + 5 * k, cy: y, r: 1.6, fill: colour }));
    // In a crowd the colour says it, where a word would lie on another one.
    if (written.some((other) => Math.abs(other.x - x) < 56 && Math.abs(other.y - y) < 13)) continue;
    written.push({ x, y });
    const words = svg("text", { x, y: y - 15, fill: "var(--text)", "text-anchor": "middle", "font-size": 12 });
    words.textContent = visitor.dominant ? t(`emotion.${visitor.dominant}`) : t("undecided");
    shapes.push(words);
  }
  const heard = state.visitors.map((visitor) => {
    const faces = visitor.facing == null ? "" : `, ${t(visitor.facing >= 0.5 ? "faces" : "faces_not")}`;
    const speaks = visitor.speaking ? `, ${t("speaks")}` : "";
    return `${visitor.slot}: ${visitor.dominant ? t(`emotion.${visitor.dominant}`) : t("undecided")}${faces}${speaks}`;
  });
  const words = heard.length ? heard.join("; ") : t("nobody");
  text($("room-words"), String(state.visitors.length));
  $("room-plan").replaceChildren(svg("svg", { viewBox: `0 0 ${WIDE} ${TALL}`, role: "img", "aria-label": words }, ...shapes));
}
