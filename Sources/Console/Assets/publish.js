// The form that publishes.

import { $, element, setText, count } from "/console/text.js";
import { call, segment, refusal } from "/console/feed.js";

const FIELDS = ["channel", "event", "data"];
const field = (name) => $(`publish-${name}`);

function say(isGood, title, words = "") {
  const line = element(isGood ? "p.good" : "p.bad", element("strong", title), words ? ` ${words}` : "");
  $("publish-answer").replaceChildren(line);
}

/** Goes to the field that is wrong, in the data to the very character. */
function pointAt({ field: name, byte }) {
  const input = field(name);
  input.setAttribute("aria-invalid", "true");
  input.focus();
  if (byte === undefined) return;
  const before = new TextEncoder().encode(input.value).slice(0, byte);
  const start = new TextDecoder("utf-8", { ignoreBOM: true }).decode(before).length;
  input.setSelectionRange(start, start + 1);
}

async function publish() {
  const path = `/broadcast/${segment(field("channel").value)}/${segment(field("event").value)}`;
  const headers = { "Content-Type": "application/json", Prefer: "return=minimal" };
  const began = performance.now();
  const answer = await call(path, { method: "POST", headers, body: field("data").value });
  const time = `${Math.round(performance.now() - began)} ms`;
  if (answer.isOk) {
    const { subscribers } = answer.json ?? {};
    return say(true, `Queued for ${count(subscribers)} ${subscribers === 1 ? "subscriber" : "subscribers"}`, `in ${time}`);
  }
  say(false, answer.title, answer.status === 401 ? "Enter a key and publish again." : answer.problem.words || refusal(answer, "publish"));
  if (FIELDS.includes(answer.problem.field)) pointAt(answer.problem);
}

$("publish-form").addEventListener("submit", async (submission) => {
  submission.preventDefault();
  const button = $("publish-form").querySelector("button");
  button.disabled = true;
  await publish().catch((error) => say(false, "Not published.", error.message));
  button.disabled = false;
  // A disabled button has lost the focus; somewhere else it stays.
  if (document.activeElement === document.body) button.focus();
});
$("publish-form").addEventListener("input", ({ target }) => target.removeAttribute("aria-invalid"));
setText($("publish-answer"), "");
