"use strict";
// The try-out: a form that publishes, and a subscriber of its own over one WebSocket. The list of paths, from /openapi.json.
// Texts reach the page as text only, never as markup.

const $ = (id) => document.getElementById(id);
const KEY = "fanfare.publish-key";
const LONGEST_LOG = 100;
const LONGEST_TEXT = 20_000;

/** An element with these texts and elements in it. `name` may carry a class: `p.hint`. */
function element(name, ...content) {
  const [tag, className] = name.split(".");
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

const shortened = (text) => (text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)} … (${text.length} characters)` : text);

// Storage can be switched off; then the key lives as long as the page.
const keys = {
  value: "",
  load() {
    try { this.value = sessionStorage.getItem(KEY) || ""; } catch { /* kept in `value` only */ }
    return this.value;
  },
  save(value) {
    this.value = value;
    try { value ? sessionStorage.setItem(KEY, value) : sessionStorage.removeItem(KEY); } catch { /* kept in `value` only */ }
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
    this.failures = this.acknowledgement = 0;
    this.isConnected = false;
    /** Ends the wait for an ack, if there is one. */
    this.settle = () => {};
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
    this.settle();
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
    } else if (packet.startsWith("44")) {
      this.onState(`Refused: ${packet.slice(2)}`, true);
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
    /** The ack has come, or will not. */
    this.settled = new Promise((settle) => { this.settle = settle; });
  }

  subscribed(answer) {
    this.settle();
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
  (text, isBad) => Object.assign($("state"), { textContent: text, className: isBad ? "bad" : "" }),
  (event, data) => {
    $("log").prepend(element("li", element("strong", event), ` ${new Date().toLocaleTimeString()}`, element("code", shortened(data))));
    while ($("log").childElementCount > LONGEST_LOG) $("log").lastElementChild.remove();
  },
);

// MARK: Publishing

const FIELDS = ["channel", "event", "data"];

const target = () => `/broadcast/${encodeURIComponent($("channel").value)}/${encodeURIComponent($("event").value)}`;

function show(isGood, title, ...more) {
  $("answer").replaceChildren(element(isGood ? "p.good" : "p.bad", element("strong", title)), ...more);
}

function askKey(isWrong) {
  $("key-field").hidden = false;
  Object.assign($("key"), { ariaInvalid: String(isWrong) }).focus();
}

/** What a refusal says: its words, and the field that they are about, if it is one of the form's. */
function reading(body) {
  let detail;
  try { detail = JSON.parse(body).detail; } catch { /* not from this server */ }
  if (!Array.isArray(detail)) return { words: detail || "" };
  const [{ loc: [part, place], msg }] = detail;
  return part === "body" ? { words: `Byte ${place}: ${msg}`, field: "data", byte: place } : { words: msg, field: place };
}

/** Goes to the field that is wrong, in the data to the very character. */
function pointAt({ field, byte }) {
  Object.assign($(field), { ariaInvalid: "true" }).focus();
  if (byte === undefined) return;
  const before = new TextEncoder().encode($(field).value).slice(0, byte);
  const start = new TextDecoder("utf-8", { ignoreBOM: true }).decode(before).length;
  $(field).setSelectionRange(start, start + 1);
}

/** Returns whether the focus has been put somewhere. */
async function publish() {
  const headers = { "Content-Type": "application/json" };
  if ($("minimal").checked) headers.Prefer = "return=minimal";
  const key = $("key-field").hidden ? keys.value : $("key").value.trim();
  if (key) headers.Authorization = `Bearer ${key}`;
  // So that the page sees its own message also when it goes to a new channel.
  await subscription.settled;
  const began = performance.now();
  const response = await fetch(target(), { method: "POST", headers, body: $("data").value, cache: "no-store", credentials: "omit" });
  const body = await response.text();
  const title = `${response.status} ${response.statusText}`;
  if (response.status === 401) {
    keys.save("");
    show(false, key ? `${title}: this key is not right` : `${title}: enter the publish key and publish again`);
    askKey(Boolean(key));
    return true;
  }
  if (key) keys.save(key);
  $("key-field").hidden = true;
  $("key").value = "";
  const text = element("code", shortened(body));
  if (response.ok) return show(true, `${title}, ${Math.round(performance.now() - began)} ms`, text);
  const problem = reading(body);
  show(false, title, element("p", problem.words), text);
  if (!FIELDS.includes(problem.field)) return false;
  pointAt(problem);
  return true;
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

function showSame() {
  const headers = ["'Content-Type: application/json'"];
  if ($("minimal").checked) headers.push("'Prefer: return=minimal'");
  if (keys.value || !$("key-field").hidden) headers.push('"Authorization: Bearer $FANFARE_PUBLISH_KEY"');
  const parts = [...headers.map((header) => `-H ${header}`), `--data-raw ${quoted($("data").value)}`];
  try { parts.push(quoted(location.origin + target())); } catch { /* half a character in a name */ }
  $("same").textContent = `curl ${parts.join(" \\\n     ")}`;
}

$("form").addEventListener("submit", async (submission) => {
  submission.preventDefault();
  const button = $("form").querySelector("button");
  button.disabled = true;
  const isPlaced = await publish().catch((error) => show(false, `No answer: ${error.message}`));
  button.disabled = false;
  $("forget").hidden = !keys.value;
  showSame();
  // A disabled button has lost the focus; somewhere else it stays.
  if (!isPlaced && document.activeElement === document.body) button.focus();
});
$("form").addEventListener("input", (change) => {
  change.target.removeAttribute("aria-invalid");
  showSame();
});
$("channel").addEventListener("change", () => {
  if ($("channel").value) subscription.follow($("channel").value);
});
$("clear").addEventListener("click", () => $("log").replaceChildren());
$("forget").addEventListener("click", () => {
  keys.save("");
  $("forget").hidden = true;
  show(true, "The key is forgotten");
  showSame();
  $("form").querySelector("button").focus();
});
// Only pages of a secure context have a clipboard; localhost counts as one.
$("copy").hidden = !navigator.clipboard;
$("copy").addEventListener("click", () => {
  const copied = () => { $("copy").textContent = "Copied"; };
  navigator.clipboard.writeText($("same").textContent).then(copied, () => getSelection().selectAllChildren($("same")));
});
$("copy").addEventListener("blur", () => { $("copy").textContent = "Copy"; });

// MARK: The paths

/** A text in which what is between backticks is code. */
const inline = (text = "") => text.split("`").map((part, index) => (index % 2 ? element("code", part) : part));
const prose = (text = "") => text.split("\n\n").filter(Boolean).map((paragraph) => element("p", ...inline(paragraph)));

const link = (address, text) => Object.assign(element("a", text), { href: address });

/** On one line if it fits. Line ends are never inside a string here. */
function jsonText(value) {
  const long = JSON.stringify(value, null, 2);
  const short = long.replace(/([[{])\n */g, "$1").replace(/\n *([\]}])/g, "$1").replace(/\n */g, " ");
  return short.length < 90 ? short : long;
}

/** A schema in the notation of TypeScript, as people read it quickest. */
function typeText(schema, indent = "") {
  const within = (part) => typeText(part, indent);
  if (schema.$ref) return schema.$ref.split("/").pop();
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf) return schema.anyOf.map(within).join(" | ");
  if (schema.allOf) return within(schema.allOf[0]);
  if (schema.prefixItems) return `[${schema.prefixItems.map(within).join(", ")}]`;
  if (schema.items) return `Array<${within(schema.items)}>`;
  if (!schema.properties) return [schema.type].flat().join(" | ");
  const deeper = `${indent}  `;
  const line = ([name, part]) => `${deeper}${name}${schema.required?.includes(name) ? "" : "?"}: ${typeText(part, deeper)}\n`;
  return `{\n${Object.entries(schema.properties).map(line).join("")}${indent}}`;
}

function definitions(entries, parts) {
  return element("dl", ...entries.map(parts).flatMap(([term, detail]) => [element("dt", ...term), element("dd", ...detail)]));
}

/** Makes the list of all operations of an OpenAPI description. */
class Reference {
  constructor(description) { this.description = description; }

  resolve(value) {
    return value.$ref ? value.$ref.slice(2).split("/").reduce((found, step) => found[step], this.description) : value;
  }

  elements() {
    const { tags, paths, components } = this.description;
    const operations = Object.entries(paths).flatMap(([path, item]) =>
      ["get", "post", "put", "delete", "options"].filter((method) => item[method]).map((method) => ({ path, item, method, ...item[method] })));
    const groups = tags.flatMap((tag) => [
      element("h3", tag.name),
      ...prose(tag.description),
      ...operations.filter((operation) => operation.tags.includes(tag.name)).map((operation) => this.operation(operation)),
    ]);
    const schemas = Object.entries(components.schemas).map(([name, schema]) =>
      this.fold(`schema-${name}`, [element("code", name)], [...prose(schema.description), element("pre", ...this.type(schema))]));
    return [...groups, element("h3", "Schemas"), ...schemas];
  }

  /** Opening it puts it into the address, so that it can be linked to. */
  fold(id, title, content) {
    const made = element("details", element("summary", ...title), element("div", ...content));
    made.id = id;
    made.addEventListener("toggle", () => {
      if (made.open) history.replaceState(null, "", `#${id}`);
    });
    return made;
  }

  operation({ path, item, method, ...operation }) {
    const parameters = [...(item.parameters || []), ...(operation.parameters || [])];
    const content = prose(operation.description);
    if (method === "get" && item.head) content.push(...prose("`HEAD` is answered likewise, without the body."));
    if (operation.security) content.push(...prose("With a publish key, if the server has one: `Authorization: Bearer …` or `X-API-Key: …`."));
    if (method === "get" && !parameters.length) content.push(...this.trial(path));
    if (operation.operationId === "publish") content.push(element("p", link("#try", "Try it")));
    if (parameters.length) {
      content.push(element("h4", "Parameters"), definitions(parameters, (parameter) => [
        [element("code", parameter.name), ` ${parameter.in}${parameter.required ? ", required" : ""}`],
        [
          ...prose(parameter.description),
          element("p.hint", element("code", ...this.type(parameter.schema)), ", for example ", element("code", parameter.example)),
        ],
      ]));
    }
    const { requestBody: body } = operation;
    if (body) content.push(element("h4", "Body"), ...prose(body.description), ...this.contents(body));
    const answers = Object.entries(operation.responses).map(([status, answer]) => [status, this.resolve(answer)]);
    content.push(element("h4", "Answers"), definitions(answers, ([status, answer]) => [
      [element("strong", status)],
      [...prose(answer.description), ...this.fields(answer), ...this.contents(answer)],
    ]));
    return this.fold(
      `operation-${operation.operationId}`,
      [element(`b.${method}`, method.toUpperCase()), element("code", path), element("span", operation.summary)], content);
  }

  fields({ headers = {} }) {
    return Object.entries(headers).map(([name, header]) => {
      const { schema, required, description = "" } = this.resolve(header);
      return element("p.hint", element("code", `${name}: ${typeText(schema)}`), required ? " " : " (optional) ", ...inline(description));
    });
  }

  contents({ content = {} }) {
    return Object.entries(content).flatMap(([kind, { schema, example, examples = {} }]) => {
      const values = Object.values(examples).map((one) => this.resolve(one).value);
      if (example !== undefined) values.push(example);
      const texts = values.map((value) => (/json$/.test(kind) ? jsonText(value) : value));
      return [element("p.hint", `${kind}: `, element("code", ...this.type(schema))), ...texts.map((text) => element("pre", text))];
    });
  }

  /** The type, its names as links to where they are explained. */
  type(schema) {
    const { schemas } = this.description.components;
    return typeText(schema).split(/\b([A-Z]\w+)\b/).map((part) => (part in schemas ? link(`#schema-${part}`, part) : part));
  }

  /** A button that asks for a path, as it is safe. */
  trial(path) {
    const button = Object.assign(element("button.quiet", "Send"), { type: "button", ariaLabel: `Send GET ${path}` });
    const answer = Object.assign(element("div"), { role: "status" });
    button.addEventListener("click", async () => {
      const response = await fetch(path, { cache: "no-store", redirect: "manual" }).catch(() => null);
      if (!response) return answer.replaceChildren(element("p.bad", "No answer"));
      const title = response.status ? `${response.status} ${response.statusText}` : "A redirect";
      answer.replaceChildren(element("p", element("strong", title)), element("pre", shortened(await response.text())));
    });
    return [element("p", button), answer];
  }
}

async function showReference() {
  const description = await (await fetch("/openapi.json")).json();
  $("operations").replaceChildren(...new Reference(description).elements());
  $("version").textContent = description.info.version;
  addEventListener("hashchange", unfold);
  unfold();
}

/** What the address names is opened and shown. */
function unfold() {
  const named = location.hash && document.getElementById(location.hash.slice(1));
  if (!named) return;
  if (named.matches("details")) named.open = true;
  named.scrollIntoView();
}

// MARK: Start

for (const base of document.querySelectorAll(".base")) base.textContent = location.origin;
$("forget").hidden = !keys.load();
showSame();
subscription.follow($("channel").value);
showReference().catch(() => { /* the hand-written list stays */ });
