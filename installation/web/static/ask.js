// Commands: asked of the show, and what became of each in words. Nothing on the page changes by a tap alone: it follows the show.
import { $, attribute, text } from "./dom.js";
import { t } from "./words.js";

const AGAIN_WITHIN = 3000;
let hide;

export function said(words, refused = false) {
  clearTimeout(hide);
  $("said").classList.toggle("refused", refused);
  $("said").textContent = words;
  hide = setTimeout(() => { $("said").textContent = ""; }, refused ? 9000 : 3500);
}

export async function answerOf(path, body) {
  const answer = await fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal: AbortSignal.timeout(8000),
  });
  const document = await answer.json().catch(() => ({}));
  return { status: answer.status, ...document };
}

// Asks, and says what became of it. True: the show does it.
export async function ask(title, name, ...values) {
  let answer;
  try {
    answer = await answerOf("/api/command", { name, arguments: values });
  } catch {
    said(t("answer.unheard", { what: title }), true);
    return false;
  }
  if (answer.status === 401 || answer.status === 403) said(t("answer.refused", { what: title }), true);
  else if (answer.code !== 0) said(t("answer.no", { what: title, why: answer.reason || `HTTP ${answer.status}` }), true);
  else said(t("answer.done", { what: title }));
  return answer.code === 0;
}

export async function login(token, name) {
  const answer = await answerOf("/api/login", token ? { token, name } : { name });
  return answer.status;
}

export async function asked(button, title, name, ...values) {
  button.classList.add("waits");
  attribute(button, "aria-busy", true);
  await ask(title, name, ...values);
  button.classList.remove("waits");
  attribute(button, "aria-busy", null);
}

// What must not happen by a sleeve: the first tap asks, the second within three seconds does it.
export function twice(button, words, act) {
  let until = 0;
  let timer;
  const rest = () => {
    clearTimeout(timer);
    until = 0;
    button.classList.remove("asking");
    text(button, words());
  };
  button.addEventListener("blur", rest);
  return () => {
    if (Date.now() < until) {
      rest();
      act();
      return;
    }
    until = Date.now() + AGAIN_WITHIN;
    button.classList.add("asking");
    text(button, t("again", { what: words() }));
    text($("heard"), t("again", { what: words() }));
    timer = setTimeout(rest, AGAIN_WITHIN);
  };
}
