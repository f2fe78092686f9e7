// The moving charts: the last five minutes, drawn by hand.

import { element, duration, rate, count, short, clock, setText } from "/console/text.js";
import { SPAN, GAP } from "/console/history.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 168;
const MARGIN = { top: 10, right: 10, bottom: 22, left: 52 };
const TICKS = 6;

function shape(name, attributes = {}, parent = null) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent?.append(made);
  return made;
}

/** From zero to a round number at or above the highest value, in up to five equal steps. `least` is the smallest step. */
function linearScale(highest, least) {
  const rough = Math.max(highest / 4, least);
  const power = 10 ** Math.floor(Math.log10(rough) + 1e-9);
  const factors = power > 1 ? [1, 2, 2.5, 5, 10] : [1, 2, 5, 10];
  const step = power * factors.find((factor) => power * factor >= rough * (1 - 1e-9));
  const steps = Math.max(1, Math.ceil(highest / step - 1e-9));
  const ticks = Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(12)));
  return { ticks, place: (value) => value / (step * steps) };
}

/** Of powers of ten, as latencies that matter lie far apart: a median of microseconds below a tail of milliseconds. */
function logarithmicScale(lowest, highest) {
  let from = Math.floor(Math.log10(lowest) + 1e-9);
  let to = Math.ceil(Math.log10(highest) - 1e-9);
  if (to - from < 2) to = from + 2;
  from = Math.max(from, to - TICKS + 1);
  const ticks = Array.from({ length: to - from + 1 }, (_, index) => Number((10 ** (from + index)).toPrecision(1)));
  return { ticks, place: (value) => Math.max(0, (Math.log10(value) - from) / (to - from)) };
}

/**
 * One chart in its `figure`. `series` are up to four of `{ key, name, className }`; `form` writes a value; a `logarithmic` one has powers
 * of ten on its axis. `onPoint` is called with the time that is pointed at, and with null.
 */
export class Chart {
  constructor({ title, note = "", series, form, least = 1, logarithmic = false, onPoint }) {
    Object.assign(this, { title, series, form, least, logarithmic, width: 0 });
    this.legend = series.map(({ name, className }) => {
      const [now, highest] = [element("b"), element("b")];
      const label = element("span.label", "now ");
      const swatch = element("i");
      swatch.className = `swatch ${className}`;
      const words = element("span.value", label, now, " highest ", highest);
      return { now, highest, label, entry: element("li", ...(name ? [swatch, element("span.series", name)] : []), words) };
    });
    const heading = element("h3", title);
    if (note) heading.append(element("small", ` ${note}`));
    const list = element("ul.legend", ...this.legend.map(({ entry }) => entry));
    this.svg = shape("svg", { role: "img", height: HEIGHT });
    this.grid = shape("path", { class: "grid" }, this.svg);
    this.labels = Array.from({ length: TICKS }, () => shape("text", { class: "tick", "text-anchor": "end", x: MARGIN.left - 6 }, this.svg));
    this.minutes = Array.from({ length: 6 }, (_, index) => {
      const anchor = { 0: "start", 5: "end" }[index] || "middle";
      const made = shape("text", { class: "tick", y: HEIGHT - 6, "text-anchor": anchor }, this.svg);
      made.textContent = index === 5 ? "now" : `−${5 - index} min`;
      return made;
    });
    this.restarts = shape("path", { class: "restart" }, this.svg);
    this.area = series.length === 1 ? shape("path", { class: `area ${series[0].className}` }, this.svg) : null;
    this.lines = series.map(({ className }) => shape("path", { class: `line ${className}` }, this.svg));
    this.cursor = shape("path", { class: "cursor" }, this.svg);
    this.figure = element("figure.card", element("figcaption", heading, list), this.svg);
    this.svg.addEventListener("pointermove", (event) => onPoint(this.timeAt(event.offsetX)));
    this.svg.addEventListener("pointerleave", () => onPoint(null));
    new ResizeObserver(([{ contentRect }]) => {
      if (Math.round(contentRect.width) === this.width) return;
      this.width = Math.round(contentRect.width);
      if (this.last) this.draw(this.last);
    }).observe(this.svg);
  }

  get inner() { return Math.max(1, this.width - MARGIN.left - MARGIN.right); }
  x(time) { return MARGIN.left + this.inner * (1 - (this.last.end - time) / SPAN); }
  timeAt(x) { return this.last ? this.last.end - SPAN * (1 - (x - MARGIN.left) / this.inner) : null; }

  /** `view`: the `points` and `restarts` of the history, the moment at the right edge `end`, and the point that is `pointed` at or null. */
  draw(view) {
    this.last = view;
    if (!this.width) return;
    const bottom = HEIGHT - MARGIN.bottom;
    const tall = bottom - MARGIN.top;
    const highest = this.series.map(({ key }) => view.points.reduce((most, point) => Math.max(most, point[key] ?? most), -1));
    const scale = this.scale(view.points, Math.max(...highest));
    const y = (value) => bottom - tall * Math.min(1, scale.place(value));
    this.drawGrid(scale, y);
    this.drawTimes();
    this.restarts.setAttribute("d", view.restarts.map((time) => `M${this.x(time).toFixed(1)} ${MARGIN.top}V${bottom}`).join(""));
    this.cursor.setAttribute("d", view.pointed ? `M${this.x(view.pointed.time).toFixed(1)} ${MARGIN.top}V${bottom}` : "");
    this.series.forEach(({ key }, index) => {
      const runs = this.runs(view, key, y);
      this.lines[index].setAttribute("d", runs.map((run) => `M${run.join("L")}${run.length === 1 ? "h0" : ""}`).join(""));
      const edge = (place) => `${place.split(" ")[0]} ${bottom}`;
      this.area?.setAttribute("d", runs.map((run) => `M${edge(run[0])}L${run.join("L")}L${edge(run.at(-1))}Z`).join(""));
    });
    this.tell(view, highest);
  }

  scale(points, highest) {
    if (!this.logarithmic) return linearScale(Math.max(highest, 0), this.least);
    const values = points.flatMap((point) => this.series.map(({ key }) => point[key]).filter((value) => value > 0));
    return values.length ? logarithmicScale(Math.min(...values), highest) : logarithmicScale(1e-4, 1e-2);
  }

  drawGrid(scale, y) {
    const line = (tick) => `M${MARGIN.left} ${Math.round(y(tick)) + 0.5}h${this.inner}`;
    this.grid.setAttribute("d", scale.ticks.map(line).join(""));
    this.labels.forEach((label, index) => {
      const tick = scale.ticks[index];
      setText(label, tick === undefined ? "" : this.logarithmic ? duration(tick) : short(tick));
      if (tick !== undefined) label.setAttribute("y", (y(tick) + 4).toFixed(1));
    });
  }

  drawTimes() {
    this.minutes.forEach((label, index) => {
      label.setAttribute("x", (MARGIN.left + (this.inner * index) / 5).toFixed(1));
      // On a narrow screen not all of them.
      label.setAttribute("visibility", this.inner < 360 && index % 2 === 0 ? "hidden" : "visible");
    });
  }

  /** The stretches without a gap or a restart, each a list of places "x y". */
  runs({ points, restarts }, key, y) {
    const runs = [];
    let before = null;
    for (const point of points) {
      if (point[key] !== null && point[key] !== undefined) {
        if (before === null || point.time - before > GAP || restarts.includes(point.time)) runs.push([]);
        runs.at(-1).push(`${this.x(point.time).toFixed(1)} ${y(point[key]).toFixed(1)}`);
        before = point.time;
      } else {
        before = null;
      }
    }
    return runs;
  }

  /** The same in words: beside the chart for all, and as its label for those who do not see it. */
  tell({ points, end, pointed }, highest) {
    const newest = points.at(-1);
    const isRecent = newest && end - newest.time <= GAP;
    const words = this.series.map(({ key, name }, index) => {
      const { now, highest: most, label } = this.legend[index];
      const text = this.form(isRecent ? newest[key] : null);
      setText(label, pointed ? `${clock(pointed.time)} ` : "now ");
      setText(now, pointed ? this.form(pointed[key]) : text);
      setText(most, this.form(highest[index] < 0 ? null : highest[index]));
      return `${name ? `${name}: ` : ""}now ${text}, highest ${most.textContent}`;
    });
    this.svg.setAttribute("aria-label", `${this.title} in the last five minutes. ${words.join("; ")}.`);
  }
}

/** The four charts of the page. */
export function makeCharts(onPoint) {
  const single = (key, className) => [{ key, name: "", className }];
  return [
    new Chart({ title: "Connections", series: single("connections", "first"), form: count, onPoint }),
    new Chart({ title: "Messages a second", series: single("messages", "first"), form: rate, onPoint }),
    new Chart({ title: "Deliveries a second", series: single("deliveries", "first"), form: rate, onPoint }),
    new Chart({
      title: "Latency", note: "of publish answers and fan-out passes, over five seconds each", form: duration, logarithmic: true, onPoint,
      series: [
        { key: "publish99", name: "publish p99", className: "first" },
        { key: "publish50", name: "publish p50", className: "first dashed" },
        { key: "fanOut99", name: "fan-out p99", className: "second" },
        { key: "fanOut50", name: "fan-out p50", className: "second dashed" },
      ],
    }),
  ];
}
