"use strict";
// The try-out: a form that publishes, and a subscriber of its own over one WebSocket. Texts reach the page as text only, never as markup.

const $ = (id) => document.getElementById(id);
const KEY = "fanfare.publish-key";
const LONGEST_LOG = 100;

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

// Storage can be switched off; then the key lives as long as the page.
const keys = {
  value: "",
  load() {
    try { this.value = sessionStorage.getItem(KEY) || ""; } catch { /* kept in `value` only */ }
    return this.value;
  },
  save(value) {
    this.value = value;
    try {
      if (value) sessionStorage.setItem(KEY, value);
      else sessionStorage.removeItem(KEY);
    } catch { /* kept in `value` only */ }
  },
};

// MARK: Subscribing

/** A Socket.IO client of one channel: open packet, then `40`, then the subscribe event; a ping `2` is answered `3`. */
class Subscription {
  constructor(onState, onEvent) {
    this.onState = onState;
    this.onEvent = onEvent;
    this.channel = "";
    this.wanted = "";
    this.failures = 0;
    this.acknowledgement = 0;
    this.isConnected = false;
  }

  /** Subscribes to another channel, and connects first if need be. */
  follow(channel) {
    if (channel === this.wanted && this.socket) return;
    this.wanted = channel;
    if (this.isConnected) this.subscribe();
    else if (!this.socket) this.connect();
  }

  connect() {
    clearTimeout(this.retry);
    this.onState("Connecting …");
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/socket.io/?EIO=4&transport=websocket`);
    this.socket = socket;
    socket.onmessage = (message) => {
      if (typeof message.data === "string") this.receive(message.data);
    };
    socket.onclose = () => this.lost();
  }

  lost() {
    clearTimeout(this.silence);
    this.socket = null;
    this.isConnected = false;
    this.channel = "";
    const seconds = Math.min(30, 2 ** Math.min(this.failures, 5));
    this.failures += 1;
    this.onState(`Connection lost; trying again in ${seconds} s`);
    this.retry = setTimeout(() => this.connect(), seconds * 1000);
  }

  receive(packet) {
    if (packet === "2") {
      this.socket.send("3");
    } else if (packet.startsWith("0")) {
      const open = JSON.parse(packet.slice(1));
      this.patience = open.pingInterval + open.pingTimeout;
      this.socket.send("40");
    } else if (packet.startsWith("40")) {
      this.isConnected = true;
      this.failures = 0;
      this.subscribe();
    } else if (packet.startsWith("43")) {
      const [, id, answer] = /^43(\d+)(.*)$/s.exec(packet);
      if (Number(id) === this.acknowledgement) this.subscribed(JSON.parse(answer)[0]);
    } else if (packet.startsWith("42[")) {
      // The second element as it stands on the wire: parsing would change large numbers.
      const event = JSON.parse(packet.slice(2))[0];
      const data = packet.slice(packet.indexOf(",", 2 + jsonLength(packet.slice(3))) + 1, -1);
      this.onEvent(event, data);
    }
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.socket && this.socket.close(), this.patience);
  }

  subscribe() {
    if (this.channel) this.socket.send(`42${JSON.stringify(["unsubscribe", this.channel])}`);
    this.channel = this.wanted;
    this.acknowledgement += 1;
    this.socket.send(`42${this.acknowledgement}${JSON.stringify(["subscribe", this.channel])}`);
    this.onState(`Subscribing to ${this.channel} …`);
  }

  subscribed(answer) {
    if (typeof answer === "string") this.onState(`Subscribed to ${this.channel}`);
    else this.onState(`Not subscribed: ${answer.error.message}`, true);
  }
}

/** The length of the JSON string that a text begins with. */
function jsonLength(text) {
  const found = /^"(?:[^"\\]|\\.)*"/s.exec(text);
  return found ? found[0].length : 0;
}

const subscription = new Subscription(
  (text, isBad) => {
    $("state").textContent = text;
    $("state").className = isBad ? "bad" : "";
  },
  (event, data) => {
    const line = element("li", "");
    line.append(element("strong", event), ` ${new Date().toLocaleTimeString()}`, element("code", data));
    $("log").prepend(line);
    while ($("log").childElementCount > LONGEST_LOG) $("log").lastElementChild.remove();
  },
);

// MARK: Publishing

function show(text, isGood, body) {
  $("answer").replaceChildren(element("p", text, isGood ? "good" : "bad"));
  if (body) $("answer").append(element("code", body));
}

function askKey(isWrong) {
  $("key-field").hidden = false;
  $("key").setAttribute("aria-invalid", String(isWrong));
  $("key").focus();
}

async function publish() {
  const headers = { "Content-Type": "application/json" };
  if ($("minimal").checked) headers.Prefer = "return=minimal";
  const key = $("key-field").hidden ? keys.value : $("key").value.trim();
  if (key) headers.Authorization = `Bearer ${key}`;
  const path = `/broadcast/${encodeURIComponent($("channel").value)}/${encodeURIComponent($("event").value)}`;
  const response = await fetch(path, { method: "POST", headers, body: $("data").value, cache: "no-store", credentials: "omit" });
  const body = await response.text();
  const title = `${response.status} ${response.statusText}`;
  if (response.status === 401) {
    keys.save("");
    show(key ? `${title}: this key is not right` : `${title}: enter the publish key and publish again`, false);
    askKey(Boolean(key));
  } else {
    if (key) keys.save(key);
    $("key-field").hidden = true;
    $("key").value = "";
    show(title, response.ok, body);
  }
  $("forget").hidden = !keys.value;
}

$("form").addEventListener("submit", async (submission) => {
  submission.preventDefault();
  const button = submission.submitter || $("form").querySelector("button");
  button.disabled = true;
  try {
    await publish();
  } catch (error) {
    show(`No answer: ${error.message}`, false);
  } finally {
    button.disabled = false;
    if ($("key-field").hidden) button.focus();
  }
});
$("channel").addEventListener("change", () => {
  if ($("channel").value) subscription.follow($("channel").value);
});
$("clear").addEventListener("click", () => $("log").replaceChildren());
$("forget").addEventListener("click", () => {
  keys.save("");
  $("forget").hidden = true;
  show("The key is forgotten", true);
});

// MARK: Start

/** Replaces the hand-written list by all operations of the description. */
async function listOperations() {
  const description = await (await fetch("/openapi.json")).json();
  const lines = [];
  for (const [path, item] of Object.entries(description.paths)) {
    for (const method of ["get", "post"]) {
      if (!item[method]) continue;
      const line = element("li", "");
      line.append(element("b", method.toUpperCase()), " ", element("code", path), ` ${item[method].summary}`);
      lines.push(line);
    }
  }
  $("operations").replaceChildren(...lines);
}

for (const base of document.querySelectorAll(".base")) base.textContent = location.origin;
$("forget").hidden = !keys.load();
subscription.follow($("channel").value);
listOperations().catch(() => { /* the hand-written list stays */ });
