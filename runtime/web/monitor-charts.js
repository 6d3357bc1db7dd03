// Draws lines over time as SVG: a band from the lowest to the highest of each moment, a line through the middle, axes
// with round numbers, and a mark that follows the pointer. Knows nothing of what the numbers mean.

import { make, say, hourAndMinute, timeOfDay } from "./monitor-text.js";

const SVG = "http://www.w3.org/2000/svg";
const [HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [150, 48, 6, 8, 20];
/** How many moments a line has: more than that nobody sees. */
const MOMENTS = 120;

function draw(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** The next number from 1, 2, 4, 6, 10, 20 … that is not below it: half of it is round, too. */
function round(number, least) {
  if (number <= least) return least;
  const power = 10 ** Math.floor(Math.log10(number));
  return [1, 2, 4, 6, 10].map((step) => step * power).find((step) => step >= number - 1e-9);
}

/** A chart of one or two series: `names`, `values` of a sample if it `has` any, `show` for a number, `least` for the
    top of an idle axis. */
export class Chart {
  constructor({ title, hint, names, values, has = () => true, show, least }) {
    Object.assign(this, { title, names, values, has, show, least, moments: [] });
    this.now = make("span", { class: "chart-now count" });
    this.peak = make("span", { class: "hint" });
    this.picture = draw("svg", { role: "img", class: "chart-picture", height: HEIGHT });
    this.axes = draw("g", { class: "axes" });
    this.bands = names.map((_, at) => draw("path", { class: `band series-${at + 1}` }));
    this.lines = names.map((_, at) => draw("path", { class: `stroke series-${at + 1}` }));
    this.mark = draw("line", { class: "mark", y1: TOP, y2: HEIGHT - BOTTOM });
    this.mark.style.display = "none";
    this.picture.append(this.axes, ...this.bands, ...this.lines, this.mark);
    const legend = names.length > 1 ? make("span", { class: "chart-legend" }, ...names.map((name, at) => make("span", { class: `key series-${at + 1}`, text: name }))) : null;
    this.element = make(
      "figure",
      { class: "chart card" },
      make("figcaption", {}, make("span", { class: "chart-title", text: title }), this.now),
      make("p", { class: "hint", text: hint }),
      this.picture,
      make("div", { class: "chart-foot" }, this.peak, legend),
    );
    this.picture.addEventListener("pointermove", (event) => this.point(event));
    this.picture.addEventListener("pointerleave", () => {
      this.pointed = null;
      this.mark.style.display = "none";
      this.tell();
    });
  }

  /** Draws the samples of a span of time that ends with `until`. */
  update(samples, from, until) {
    // One unit is one pixel, so that letters have the size of letters.
    Object.assign(this, { from, until, wide: this.picture.clientWidth || 400 });
    const width = (until - from) / MOMENTS;
    const moments = [];
    let highest = 0;
    for (const sample of samples) {
      if (sample.at < from || !this.has(sample)) continue;
      const slot = Math.min(MOMENTS - 1, Math.floor((sample.at - from) / width));
      const values = this.values(sample);
      const last = moments.at(-1);
      if (last?.slot === slot) {
        last.count += 1;
        last.sum = last.sum.map((sum, at) => sum + values[at]);
        last.low = last.low.map((low, at) => Math.min(low, values[at]));
        last.high = last.high.map((high, at) => Math.max(high, values[at]));
      } else moments.push({ slot, at: sample.at, count: 1, sum: values, low: values, high: values });
      highest = Math.max(highest, ...values);
    }
    this.moments = moments;
    const latest = samples.at(-1);
    this.latest = latest && this.has(latest) ? this.values(latest) : null;
    this.highest = highest;
    this.top = round(highest, this.least);
    this.names.forEach((_, at) => this.trace(at));
    this.drawAxes();
    this.tell();
  }

  x(at) {
    return LEFT + ((this.wide - LEFT - RIGHT) * (at - this.from)) / (this.until - this.from);
  }

  y(value) {
    return HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * value) / this.top;
  }

  trace(at) {
    const place = (moment, value) => `${this.x(moment.at).toFixed(1)} ${this.y(value).toFixed(1)}`;
    const [strokes, bands] = [[], []];
    // Where the server was away, the line has a gap.
    let [run, before] = [[], null];
    const end = () => {
      if (run.length > 0) {
        // A moment alone is a dot.
        strokes.push("M" + run.map((moment) => place(moment, moment.sum[at] / moment.count)).join("L") + (run.length === 1 ? "h0" : ""));
        const back = [...run].reverse();
        bands.push("M" + [...run.map((m) => place(m, m.high[at])), ...back.map((m) => place(m, m.low[at]))].join("L") + "Z");
      }
      run = [];
    };
    for (const moment of this.moments) {
      if (before !== null && moment.slot - before > 2) end();
      run.push(moment);
      before = moment.slot;
    }
    end();
    this.lines[at].setAttribute("d", strokes.join(""));
    this.bands[at].setAttribute("d", bands.join(""));
  }

  drawAxes() {
    const parts = [];
    for (const share of [0, 0.5, 1]) {
      const y = this.y(this.top * share);
      parts.push(draw("line", { x1: LEFT, x2: this.wide - RIGHT, y1: y, y2: y }));
      const label = draw("text", { x: LEFT - 6, y: y + 3.5, "text-anchor": "end" });
      label.textContent = this.show(this.top * share);
      parts.push(label);
    }
    const [span, steps] = [this.until - this.from, this.wide < 420 ? 2 : 4];
    for (let step = 0; step <= steps; step += 1) {
      const at = this.from + (span * step) / steps;
      const anchor = step === 0 ? "start" : step === steps ? "end" : "middle";
      const label = draw("text", { x: this.x(at), y: HEIGHT - 5, "text-anchor": anchor });
      label.textContent = span < 600_000 ? timeOfDay(at) : hourAndMinute(at);
      parts.push(label);
    }
    this.axes.replaceChildren(...parts);
  }

  point(event) {
    const box = this.picture.getBoundingClientRect();
    const x = event.clientX - box.left;
    const near = (best, moment) => (best === null || Math.abs(this.x(moment.at) - x) < Math.abs(this.x(best.at) - x) ? moment : best);
    this.pointed = this.moments.reduce(near, null);
    if (this.pointed === null) return;
    this.mark.style.display = "";
    this.mark.setAttribute("x1", this.x(this.pointed.at));
    this.mark.setAttribute("x2", this.x(this.pointed.at));
    this.tell();
  }

  tell() {
    const said = (values) => values.map((value) => this.show(value)).join(" · ");
    const pointed = this.pointed && said(this.pointed.sum.map((sum) => sum / this.pointed.count));
    say(this.now, pointed ? `${pointed} at ${timeOfDay(this.pointed.at)}` : this.latest ? said(this.latest) : "–");
    say(this.peak, `highest ${this.show(this.highest)}`);
    const each = this.names.map((name, at) => `${name} ${this.latest ? this.show(this.latest[at]) : "none"}`).join(", ");
    this.picture.setAttribute("aria-label", `${this.title}: now ${each}; highest ${this.show(this.highest)}.`);
  }
}

/** A line without axes, for a tile. */
export function spark() {
  const picture = draw("svg", { viewBox: "0 0 60 18", "aria-hidden": "true", class: "spark", preserveAspectRatio: "none" });
  const path = draw("path", { class: "stroke series-1" });
  picture.append(path);
  return {
    picture,
    update(values) {
      const top = Math.max(1e-9, ...values);
      const places = values.map((value, at) => `${(60 - values.length + 1 + at).toFixed(1)} ${(17 - (15 * value) / top).toFixed(1)}`);
      path.setAttribute("d", places.length > 1 ? `M${places.join("L")}` : "");
    },
  };
}
