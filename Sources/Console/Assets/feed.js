// The key, requests to this server, and what is asked for again and again.

const KEY = "fanfare.publish-key";
const PATIENCE = 10_000;
const LONGEST_WAIT = 15;

/**
 * The key that is sent. Tells `changed` when it is another one, and `refused` when an answer was 401. Storage can be switched off; then the
 * key lives as long as the page.
 */
class Keys extends EventTarget {
  value = "";

  load() {
    try { this.value = sessionStorage.getItem(KEY) || ""; } catch { /* kept in `value` only */ }
  }

  save(value) {
    this.value = value;
    try { value ? sessionStorage.setItem(KEY, value) : sessionStorage.removeItem(KEY); } catch { /* kept in `value` only */ }
    this.dispatchEvent(new Event("changed"));
  }
}

export const keys = new Keys();

/** One segment of a path. Throws where no URL can say it. */
export function segment(text) {
  if (text === "." || text === "..") throw new Error(`${text} is not a name that a path can carry`);
  try {
    return encodeURIComponent(text);
  } catch {
    throw new Error("There is half a character in the name");
  }
}

/**
 * Asks this server, with the key if there is one. Throws if there is no answer, or if `signal` has ended the wait for it.
 * The answer: `status`, `isOk`, `title` such as "403 Forbidden", `json` (undefined if it is not JSON) and `problem`.
 */
export async function call(path, { method = "GET", headers = {}, body, signal } = {}) {
  const key = keys.value;
  const authorization = key ? { Authorization: `Bearer ${key}` } : {};
  const response = await fetch(path, {
    method, body, signal, headers: { ...headers, ...authorization }, cache: "no-store", credentials: "omit", redirect: "error",
  });
  const text = await response.text();
  signal?.throwIfAborted();
  // An answer to a key that no longer counts asks for nothing.
  if (response.status === 401 && key === keys.value) keys.dispatchEvent(new Event("refused"));
  let json;
  try { json = JSON.parse(text); } catch { /* not from this server, or empty */ }
  const title = `${response.status} ${response.statusText}`.trim();
  return { status: response.status, isOk: response.ok, title, json, problem: reading(json) };
}

/** What a refusal says: its words, and the place that they are about, if it names one. */
function reading(json) {
  const detail = json?.detail;
  if (!Array.isArray(detail)) return { words: typeof detail === "string" ? detail : "" };
  const [{ loc = [], msg = "" } = {}] = detail;
  const [part, place] = loc;
  return part === "body" ? { words: `Byte ${place}: ${msg}`, field: "data", byte: place } : { words: msg, field: place };
}

/** What to tell about an answer that is not the one hoped for. */
export function refusal({ status, title, problem }, right) {
  if (status === 401) return "This wants a key.";
  if (status === 403) return `This wants a key with ${right}.${problem.words ? ` The server says: ${problem.words}` : ""}`;
  return problem.words ? `${title}: ${problem.words}` : title;
}

/**
 * Runs `task` once a `period` (milliseconds) while it is on and the page is seen; nothing runs while the page is hidden.
 * `task` gets a signal for its requests, returns false to end the poll, and throws if it has to be tried again later: `onLost` is then told
 * why, and `retryAt` is when (milliseconds of `performance.now()`; 0 if all is well).
 */
export class Poll {
  constructor(period, task, onLost = () => {}) {
    Object.assign(this, { period, task, onLost, isOn: false, failures: 0, retryAt: 0, abort: null });
    document.addEventListener("visibilitychange", () => {
      this.halt();
      if (!document.hidden && this.isOn) this.run();
    });
  }

  start() {
    this.halt();
    this.isOn = true;
    this.failures = 0;
    if (!document.hidden) this.run();
  }

  stop() {
    this.isOn = false;
    this.halt();
  }

  halt() {
    clearTimeout(this.timer);
    const { abort } = this;
    this.abort = null;
    this.retryAt = 0;
    abort?.abort();
  }

  async run() {
    const abort = new AbortController();
    const began = performance.now();
    const patience = setTimeout(() => abort.abort(new Error(`no answer in ${PATIENCE / 1000} s`)), PATIENCE);
    let [wait, failure] = [this.period, null];
    this.abort = abort;
    try {
      if (await this.task(abort.signal) === false) this.isOn = false;
      this.failures = this.retryAt = 0;
    } catch (error) {
      failure = error;
    }
    clearTimeout(patience);
    // Halted meanwhile, and maybe running anew: this run has nothing to say any more.
    if (this.abort !== abort || !this.isOn) return;
    if (failure) {
      wait = 1000 * Math.min(LONGEST_WAIT, 2 ** this.failures);
      this.failures = Math.min(this.failures + 1, 10);
      this.retryAt = performance.now() + wait;
      this.onLost(failure);
    } else {
      wait -= performance.now() - began;
    }
    this.timer = setTimeout(() => this.run(), Math.max(0, wait));
  }
}
