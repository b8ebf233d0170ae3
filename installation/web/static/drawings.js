// What the console's process has drawn: the mood of ten minutes, and the take as its visitor sees it at the end.
import { $, attribute, list, el, show, text } from "./dom.js";
import { EMOTIONS } from "./now.js";
import { t } from "./words.js";

let newest = { minutes: "", seen: 0, take: "" };

const drawn = new Map();

// Parsed as a picture, not as a part of the page: nothing in it can run.
function draw(node, markup) {
  if (drawn.get(node) === markup) return;
  drawn.set(node, markup);
  const picture = markup && new DOMParser().parseFromString(markup, "image/svg+xml").documentElement;
  if (picture) picture.setAttribute("role", "presentation"); // its node has the words
  node.replaceChildren(...(picture ? [picture] : []));
  for (const image of node.querySelectorAll("image")) image.onerror = () => image.remove(); // until it is drawn anew
}

export function put(drawings) {
  newest = drawings;
  draw($("curve"), newest.minutes);
  $("curve").firstElementChild?.setAttribute("preserveAspectRatio", "none");
  draw($("course"), newest.take);
  $("course").scrollLeft = $("course").scrollWidth;
  translate();
}

export function translate() {
  attribute($("curve"), "aria-label", t("curve_heard", { count: newest.seen }));
  list($("curve-axis"), [10, 8, 6, 4, 2, 0], () => el("span"), (span, minutes) => text(span, minutes ? t("minutes_ago", { minutes }) : t("now")));
  attribute($("course"), "aria-label", $("way").textContent);
  show($("course"), newest.take !== "");
  for (const name of $("course").querySelectorAll("text")) {
    name.dataset.said ??= name.textContent;
    if (EMOTIONS.includes(name.dataset.said)) text(name, t(`emotion.${name.dataset.said}`));
  }
}
