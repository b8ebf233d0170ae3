// The line to the console: server-sent events, and an honest word on how old the news is.
//
// An EventSource comes back by itself, but not after a phone has slept, and its own silence is no proof of life: so the age
// of the show's newest state is counted here, and a line without news is opened anew.

export const PROTOCOL = 2;
const STALE_AFTER = 3000;
const SILENT_AFTER = 7000;
const SLEPT_AFTER = 4000;
const REST_AFTER = 20000;
const EVENTS = ["hello", "story", "state", "machine", "drawings", "loss", "command", "picture", "operators"];

export class Live {
  constructor(heard, changed, events = EVENTS, path = "/api/events") {
    this.heard = heard;
    this.changed = changed;
    this.events = events;
    this.path = path;
    this.word = "connecting";
    this.offset = 0;
    this.newsAt = 0;
    this.anythingAt = 0;
    this.tries = 0;
    this.ticked = Date.now();
    this.since = Date.now();
    this.version = "";
    setInterval(() => this.tick(), 500);
    document.addEventListener("resume", () => this.tick());
    document.addEventListener("visibilitychange", () => this.seen(!document.hidden));
    addEventListener("online", () => this.tick());
    addEventListener("pagehide", () => this.source?.close());
    addEventListener("pageshow", (event) => event.persisted && this.open());
  }

  // The show's clock in seconds, as far as this device knows it.
  now() {
    return (Date.now() + this.offset) / 1000;
  }

  open() {
    this.source?.close();
    clearTimeout(this.later);
    const source = new EventSource(this.path);
    this.source = source;
    this.anythingAt = this.openedAt = Date.now();
    for (const name of this.events) {
      source.addEventListener(name, (event) => source === this.source && this.take(name, JSON.parse(event.data)));
    }
    source.onerror = () => source === this.source && this.lost(source);
  }

  // A browser keeps six lines to one address: a page that nobody looks at gives its own up.
  seen(visible) {
    clearTimeout(this.rests);
    if (visible && !this.source && this.word === "connecting") this.open();
    else if (visible) this.tick();
    else this.rests = setTimeout(() => this.rest(), REST_AFTER);
  }

  rest() {
    if (this.word === "older") return;
    this.source?.close();
    this.source = null;
    clearTimeout(this.later);
    this.turn("connecting");
  }

  take(name, document) {
    this.anythingAt = Date.now();
    if (name === "hello") {
      this.tries = 0;
      this.offset = 1000 * document.at - Date.now();
      if (document.protocol !== PROTOCOL || (this.version && document.version !== this.version)) return this.older(document);
      this.version = document.version;
    }
    if (name === "state") this.newsAt = Math.min(Date.now(), 1000 * document.at - this.offset);
    this.heard(name, document);
    if (name === "state") this.judge();
  }

  older(document) {
    this.source.close();
    this.source = null;
    this.turn("older", document.version);
  }

  // The browser tells no page why a line failed; a question of our own does.
  async lost(source) {
    if (this.word === "ok" || this.word === "connecting") this.turn("offline");
    if (source.readyState !== EventSource.CLOSED) return;
    let word = "offline";
    try {
      const ended = new AbortController();
      const answer = await fetch(this.path, { signal: ended.signal, headers: { Accept: "text/event-stream" } });
      ended.abort();
      if (answer.status === 401 || answer.status === 403) word = "refused";
      else if (answer.status === 429 || answer.status === 503) word = "busy";
    } catch { /* not there at all */ }
    if (source !== this.source) return;
    this.turn(word);
    this.again();
  }

  again() {
    this.tries += 1;
    clearTimeout(this.later);
    this.later = setTimeout(() => this.open(), Math.min(1000 * 2 ** this.tries, 10000) * (0.75 + Math.random() / 2));
  }

  tick() {
    const now = Date.now();
    const slept = now - this.ticked > SLEPT_AFTER || now < this.ticked;
    this.ticked = now;
    if (!this.source) return;
    if (slept || (this.source.readyState !== EventSource.CLOSED && now - this.anythingAt > SILENT_AFTER)) this.open();
    this.judge();
  }

  judge() {
    const age = Date.now() - this.newsAt;
    if (!this.newsAt || ["older", "refused", "busy"].includes(this.word) && age > STALE_AFTER) return;
    if (this.word === "connecting" && age > STALE_AFTER && Date.now() - this.openedAt < STALE_AFTER) return;
    const connected = this.source?.readyState === EventSource.OPEN;
    if (age <= STALE_AFTER && (connected || this.word !== "offline")) this.turn("ok"); // a line that broke is not mended by young news
    else this.turn(connected ? "stale" : "offline");
    if (this.word !== "ok") this.changed(this.word, age / 1000);
  }

  turn(word, detail = (Date.now() - this.newsAt) / 1000) {
    if (word === this.word) return;
    this.word = word;
    this.changed(word, this.newsAt || word === "older" ? detail : null, true);
  }
}
