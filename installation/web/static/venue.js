// The venue's page: the steps of setting a room up that need eyes, from wherever the eyes are.
import { login, said } from "./ask.js";
import { $, el, list, show, text } from "./dom.js";
import { Live } from "./live.js";
import { follower, room, settings, sure, tell } from "./venue_ask.js";
import { Camera } from "./venue_camera.js";
import { Check } from "./venue_check.js";
import { Wall } from "./venue_wall.js";
import { speakVenue, w } from "./venue_words.js";
import { LANGUAGES, howLong, kept, share, t } from "./words.js";

const root = document.documentElement;
const HELD = 1200;
let state = null;

// The token comes in the part of the address that no server logs, and leaves the address at once.
const token = new URLSearchParams(location.hash.slice(1)).get("token");
if (token) {
  history.replaceState(null, "", location.pathname);
  await login(token, kept.get("chiaro.name") ?? "").catch(() => 0);
}

const spoken = await speakVenue();
const fileName = () => $("new-name").value.trim();
const hear = {
  hello(document) {
    root.dataset.role = document.role;
    text($("room"), document.room);
    window.document.title = `${document.room} \u00B7 ${w("title")}`;
    if (document.role !== "operator") said(t("viewer"), true);
    enable();
  },
  state(document) {
    state = document;
    room.inTake = document.in_take;
    room.picture = document.controls.test_picture;
    show($("visitor"), room.inTake);
    wall.state(document);
    camera.state(document);
    if (Date.now() - volumeHeld > HELD) $("volume").value = document.controls.volume;
    text($("volume-now"), share(document.controls.volume));
  },
  picture: (document) => camera.picture(document),
};
const live = new Live((name, document) => hear[name]?.(document), (word, age) => {
  root.dataset.live = word;
  text($("live"), t(`live.${word}`));
  const bad = word !== "ok" && word !== "connecting";
  show($("banner"), bad);
  if (bad) text($("banner-words"), t(`banner.${word}`, { since: typeof age === "number" ? t("since_news", { time: howLong(age) }) : "", version: age ?? "" }));
  enable();
});

function enable() {
  const usable = live.word === "ok" && root.dataset.role === "operator";
  for (const field of document.querySelectorAll("fieldset")) field.disabled = !usable;
}

const wall = new Wall(fileName);
const camera = new Camera(live, fileName);
let volumeHeld = 0;
const sendVolume = follower(() => tell("volume", Number($("volume").value)));
$("volume").addEventListener("input", () => { volumeHeld = Date.now(); sendVolume(); });

// What the venue file says. Until it is known nothing can be dragged: the wall would jump.
async function begin() {
  const found = await settings();
  if (found.problems) {
    text($("file-words"), found.problems.join("; "));
    return;
  }
  text($("file-words"), found.file ? found.file : w("no_file"));
  show($("new-file"), !found.file);
  show($("not-translated"), !spoken);
  text($("not-translated"), w("not_translated", { language: LANGUAGES[kept.get("chiaro.language")] ?? "" }));
  wall.begin(found);
  camera.begin(found);
  const channels = [...Array(found.channels).keys()];
  list($("channels"), channels, () => el("button", { type: "button" }), (button, number) => {
    text(button, w(`channel_${number + 1}`));
    button.onclick = () => sure(button) && tell("test_channel", number + 1, true);
  });
  camera.cameras(found.cameras);
  root.dataset.settings = "known";
}

enable();
live.open();
await begin();
new Check();
