// The mood of the last ten minutes: what share each emotion had, gaps where nobody was there, stripes where it was not trusted.
import { $ } from "./dom.js";
import { EMOTIONS } from "./now.js";
import { t } from "./words.js";

const SECONDS = 600;
const FOOT = 18;

export class Curve {
  constructor() {
    this.samples = [];
    this.canvas = $("curve");
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  history(columns) {
    this.samples = columns.at.map((at, number) => ({
      at, present: columns.present[number], trusted: columns.trusted[number], scene: columns.scenes[columns.scene[number]],
      shares: EMOTIONS.map((emotion) => columns.probabilities[emotion]?.[number] ?? 0),
    }));
    this.draw();
  }

  add(state) {
    const last = this.samples.at(-1);
    if (last && Math.floor(state.at) === Math.floor(last.at)) return;
    if (last && state.at < last.at) this.samples = [];
    const { mood } = state;
    this.samples.push({
      at: state.at, present: mood.present, trusted: mood.trusted, scene: state.scene.name,
      shares: EMOTIONS.map((emotion) => mood.probabilities[emotion] ?? 0),
    });
    while (this.samples[0].at < state.at - SECONDS) this.samples.shift();
    this.draw();
  }

  draw() {
    const { canvas, samples } = this;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!width || !height) return;
    const dense = Math.min(devicePixelRatio || 1, 2);
    canvas.width = width * dense;
    canvas.height = height * dense;
    const pen = canvas.getContext("2d");
    pen.scale(dense, dense);
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    const tall = height - FOOT;
    const end = samples.length ? samples.at(-1).at : 0;
    const across = (at) => width * (1 - (end - at) / SECONDS);
    const each = width / SECONDS;
    pen.font = `11px ${style.getPropertyValue("--font")}`;
    for (const [number, sample] of samples.entries()) {
      const left = Math.floor(across(sample.at));
      const right = Math.min(samples[number + 1] ? across(samples[number + 1].at) : width, across(sample.at) + 4 * each);
      const wide = Math.ceil(right) - left;
      if (!sample.trusted) {
        pen.fillStyle = colour("raised");
        pen.fillRect(left, 0, wide, tall);
        if (Math.floor(sample.at) % 6 < 3) { pen.fillStyle = colour("line"); pen.fillRect(left, 0, wide, tall); }
      } else if (sample.present) {
        const whole = sample.shares.reduce((sum, value) => sum + value, 0) || 1;
        let top = tall;
        sample.shares.forEach((value, index) => {
          const high = (tall * value) / whole;
          pen.fillStyle = colour(EMOTIONS[index]);
          pen.fillRect(left, top - high, wide, high);
          top -= high;
        });
      }
    }
    pen.fillStyle = colour("ground");
    const begins = samples.filter((sample, number) => number && samples[number - 1].scene !== sample.scene);
    for (const sample of begins) pen.fillRect(across(sample.at), 0, 1.5, tall);
    let clear = -1;
    for (const sample of begins) {
      const left = across(sample.at);
      const wide = pen.measureText(sample.scene).width + 8;
      if (left < clear || left + wide > width) continue;
      clear = left + wide;
      pen.fillStyle = colour("ground");
      pen.fillRect(left, 2, wide, 15);
      pen.fillStyle = colour("text");
      pen.fillText(sample.scene, left + 4, 13);
    }
    pen.fillStyle = colour("quiet");
    for (const minutes of width < 420 ? [10, 5] : [10, 8, 6, 4, 2]) {
      const words = t("minutes_ago", { minutes });
      const left = Math.max(2, across(end - 60 * minutes) - (minutes === 10 ? 0 : pen.measureText(words).width / 2));
      pen.fillText(words, left, height - 5);
    }
    pen.fillText(t("now"), width - pen.measureText(t("now")).width - 2, height - 5);
    canvas.setAttribute("aria-label", t("curve_heard", { count: samples.filter((sample) => sample.present).length }));
  }
}
