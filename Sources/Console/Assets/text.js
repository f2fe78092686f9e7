// Elements, and how names, numbers and times are written. Texts reach the page as text only, never as markup.

export const $ = (id) => document.getElementById(id);

/** An element with these texts and elements in it. `name` may carry a class: `p.hint`. */
export function element(name, ...content) {
  const [tag, className] = name.split(".");
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

/** Changes a text only where it differs, so that nothing is laid out for nothing and a selection stays. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

// What would be invisible or would turn the text around it. The joiners U+200C and U+200D stay: emoji and scripts need them.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

function seen(character) {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return `‹U+${code.toString(16).toUpperCase().padStart(4, "0")}›`;
}

/** A name from outside on one line, with every control and direction character made visible. */
export const visible = (text) => String(text ?? "").replace(UNSEEN, seen);

/** A channel, an id or the like: apart from the direction of its surroundings, in full in its title. */
export function setName(target, text) {
  const shown = visible(text);
  setText(target, shown);
  if (target.title !== shown) target.title = shown;
}

export function nameElement(text) {
  const made = element("bdi.name");
  setName(made, text);
  return made;
}

// MARK: Numbers

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 });

const NONE = "–";
const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

export const count = (value) => (isNumber(value) ? whole.format(value) : NONE);

/** A number a second. */
export function rate(value) {
  if (!isNumber(value)) return NONE;
  return value > 0 && value < 10 ? tenths.format(value) : whole.format(value);
}

/** For an axis: 15K, 1.5M. */
export const short = (value) => (value < 10_000 ? rate(value) : compact.format(value));

export function bytes(value) {
  if (!isNumber(value)) return NONE;
  let [size, unit] = [value, 0];
  while (size >= 1000 && unit < 4) [size, unit] = [size / 1000, unit + 1];
  return `${unit && size < 100 ? tenths.format(size) : whole.format(size)} ${["B", "kB", "MB", "GB", "TB"][unit]}`;
}

// MARK: Times

/** Seconds that something took, to two or three digits: 85 µs, 1.2 ms. */
export function duration(seconds) {
  if (!isNumber(seconds)) return NONE;
  const [value, unit] = seconds < 0.000_999_5 ? [seconds * 1e6, "µs"] : seconds < 0.9995 ? [seconds * 1e3, "ms"] : [seconds, "s"];
  return `${value < 100 ? Number(value.toPrecision(2)) : whole.format(value)} ${unit}`;
}

/** Seconds that something has lasted, in its two largest units: 3 d 4 h. */
export function age(seconds) {
  if (!isNumber(seconds)) return NONE;
  if (seconds < 10) return `${tenths.format(Math.max(0, seconds))} s`;
  const total = Math.floor(seconds);
  const [days, hours, minutes] = [Math.floor(total / 86_400), Math.floor(total / 3600) % 24, Math.floor(total / 60) % 60];
  if (days) return `${whole.format(days)} d ${hours} h`;
  if (hours) return `${hours} h ${minutes} min`;
  return minutes ? `${minutes} min ${total % 60} s` : `${total} s`;
}

/** How long ago something was, in its largest unit: 14 min ago. */
export const ago = (seconds) => `${age(Math.floor(Math.max(seconds, 0))).replace(/^(\d[\d,]*)(?:\.0)? (d|h|min|s).*/, "$1 $2")} ago`;

const clockTime = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

/** The time of day of a moment in milliseconds, with seconds. */
export const clock = (milliseconds) => clockTime.format(milliseconds);
