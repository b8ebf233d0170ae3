// The page's words in the language of whoever reads it, and dates, numbers and lengths of time as they are written there.

export const LANGUAGES = {
  en: "English", de: "Deutsch", fr: "Français", it: "Italiano", es: "Español", pt: "Português", nl: "Nederlands", ja: "日本語",
};
const KEY = "chiaro.language";
let strings = {};
let english = {};
export let language = "en";

const kept = {
  get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
  set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode: for this visit only */ } },
};
export { kept };

function wished() {
  const wishes = [kept.get(KEY), ...navigator.languages];
  return wishes.map((wish) => (wish || "").slice(0, 2).toLowerCase()).find((wish) => wish in LANGUAGES) || "en";
}

const fetched = async (name) => (await fetch(`/strings/${name}.json`)).json();

export async function speak(wish = wished()) {
  if (!Object.keys(english).length) english = await fetched("en");
  strings = wish === "en" ? english : await fetched(wish).catch(() => english);
  language = strings === english ? "en" : wish;
  document.documentElement.lang = language;
  translate(document);
}

export function keepLanguage(wish) {
  kept.set(KEY, wish);
}

// The words under a key; {name} in them is replaced. `otherwise` where there is no such key.
export function t(key, values = {}, otherwise = key) {
  const words = strings[key] ?? english[key] ?? otherwise;
  return words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function translate(root) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll("[data-legend]")) node.setAttribute("aria-label", t(node.dataset.legend));
  for (const node of root.querySelectorAll("[data-hint]")) node.title = t(node.dataset.hint);
  for (const node of root.querySelectorAll("[data-placeholder]")) node.placeholder = t(node.dataset.placeholder);
  for (const node of root.querySelectorAll("[data-label]")) {
    node.title = t(node.dataset.label);
    node.setAttribute("aria-label", node.title);
  }
}

// Making one of these takes longer than all else on the page: each is made once.
const formats = new Map();
function format(Kind, options) {
  const key = `${language} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Kind(language, options));
  return formats.get(key);
}

export const number = (value, digits = 0) =>
  format(Intl.NumberFormat, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

export const share = (value) => format(Intl.NumberFormat, { style: "percent" }).format(value);

export const clockTime = (at) => format(Intl.DateTimeFormat, { timeStyle: "medium", hourCycle: "h23" }).format(at * 1000);

// Today as a time, another day with its date.
export function moment(at) {
  const today = new Date().toDateString() === new Date(at * 1000).toDateString();
  return today ? clockTime(at) : format(Intl.DateTimeFormat, { dateStyle: "short", timeStyle: "short", hourCycle: "h23" }).format(at * 1000);
}

const unit = (value, name) =>
  format(Intl.NumberFormat, { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: 0 }).format(value);

export function howLong(seconds) {
  if (seconds < 60) return unit(Math.max(0, Math.floor(seconds)), "second");
  if (seconds < 3600) return unit(Math.floor(seconds / 60), "minute");
  if (seconds < 48 * 3600) return unit(Math.floor(seconds / 3600), "hour");
  return unit(Math.floor(seconds / 86400), "day");
}

export function filmTime(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
