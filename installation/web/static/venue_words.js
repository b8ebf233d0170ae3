// The words of the venue's page, in files of their own: the console's first load stays small.
import { language, speak } from "./words.js";

let strings = {};
let english = {};
let ours = true;

const fetched = async (name) => {
  const answer = await fetch(`/strings/venue/${name}.json`);
  return answer.ok ? answer.json() : null;
};

// False where this page does not speak the reader's language yet: then it is English.
export async function speakVenue() {
  await speak();
  english = await fetched("en");
  const found = language === "en" ? english : await fetched(language);
  ours = Boolean(found);
  strings = found ?? english;
  for (const node of document.querySelectorAll("[data-w]")) node.textContent = w(node.dataset.w);
  for (const node of document.querySelectorAll("[data-caption]")) node.setAttribute("aria-label", w(node.dataset.caption));
  return ours;
}

// The words under a key; {name} in them is replaced.
export function w(key, values = {}) {
  return (strings[key] ?? english[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
