// Commands by which the room is set up, and the file in which the settings are kept.
import { said } from "./ask.js";
import { text, $ } from "./dom.js";
import { w } from "./venue_words.js";

const AGAIN_WITHIN = 3000;
export const room = { inTake: false, picture: "", connected: false };
let sureUntil = 0;

async function posted(path, body) {
  const answer = await fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal: AbortSignal.timeout(60000),
  });
  return { status: answer.status, ...(await answer.json().catch(() => ({}))) };
}

// A visitor would notice: while one is in the film the first tap asks, and a second within three seconds does it.
export function sure(button) {
  if (!room.inTake || room.picture) return true;
  if (Date.now() < sureUntil) {
    sureUntil = 0;
    said("");
    return true;
  }
  sureUntil = Date.now() + AGAIN_WITHIN;
  said(w("tap_again"), true);
  text($("heard"), w("tap_again"));
  button?.classList.add("asking");
  setTimeout(() => button?.classList.remove("asking"), AGAIN_WITHIN);
  return false;
}

// Asked of the show; only a refusal is said. True: it does it.
export async function tell(name, ...values) {
  let answer;
  try {
    answer = await posted("/api/command", { name, arguments: values });
  } catch {
    said(w("unheard"), true);
    return false;
  }
  if (answer.code !== 0) said(answer.reason || `HTTP ${answer.status}`, true);
  return answer.code === 0;
}

// The newest wish goes when the one before is answered: a finger is quicker than a network.
export function follower(send) {
  let busy = false;
  let next = null;
  return async function follow(...wish) {
    next = wish;
    if (busy) return;
    busy = true;
    while (next) {
      const now = next;
      next = null;
      await send(...now);
      await new Promise((done) => setTimeout(done, 90));
    }
    busy = false;
  };
}

export async function settings() {
  const answer = await fetch("/api/venue/settings");
  return answer.ok ? answer.json() : { problems: [(await answer.json().catch(() => ({}))).reason ?? `HTTP ${answer.status}`] };
}

// True: written.
export async function keep(changes, name) {
  let answer;
  try {
    answer = await posted("/api/venue/settings", { name, changes });
  } catch {
    said(w("unheard"), true);
    return null;
  }
  const problems = answer.problems ?? (answer.file ? null : [answer.reason ?? `HTTP ${answer.status}`]);
  if (problems) {
    said(w("not_written", { why: problems.join("; ") }), true);
    return null;
  }
  said(answer.new ? w("written_new", { file: answer.file, run: answer.run }) : w("written", { file: answer.file }));
  return answer;
}

export async function checkState(start) {
  const found = start ? await posted("/api/venue/check", start) : await (await fetch("/api/venue/check")).json();
  return found.findings ? found : null;
}
