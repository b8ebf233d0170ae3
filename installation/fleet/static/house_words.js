// The words of the house's pages beside those of the console.
import { language, speak, translate } from "/static/words.js";

let strings = {};
let english = {};

const fetched = async (name) => {
  const answer = await fetch(`/strings/house/${name}.json`);
  return answer.ok ? answer.json() : null;
};

// False where these pages do not speak the reader's language yet: then their own words are English.
export async function speakHouse() {
  await speak();
  english = await fetched("en");
  const found = language === "en" ? english : await fetched(language);
  strings = found ?? english;
  translate(document);
  for (const node of document.querySelectorAll("[data-w]")) node.textContent = w(node.dataset.w);
  for (const node of document.querySelectorAll("[data-caption]")) node.setAttribute("aria-label", w(node.dataset.caption));
  return Boolean(found);
}

// The words under a key; {name} in them is replaced.
export function w(key, values = {}) {
  return (strings[key] ?? english[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
