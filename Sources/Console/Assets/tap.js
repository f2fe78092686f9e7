// A tap on one channel: its latest messages as they pass.

import { $, element, setText, nameElement, visible, count, bytes, clock } from "/console/text.js";
import { keys, call, segment, refusal, Poll } from "/console/feed.js";

const LONGEST_LIST = 100;
const LONGEST_TEXT = 1_000;

let channel = "";
let target = "";
let after = 0;
let seen = 0;
let unshown = 0;
let isPaused = false;
let isRefused = false;

function say(text, isBad = false) {
  setText($("tap-state"), text);
  $("tap-state").className = isBad ? "bad" : "hint";
}

const poll = new Poll(1000, async (signal) => {
  const answer = await call(`${target}&after=${after}`, { signal });
  if (answer.isOk && answer.json) {
    take(answer.json);
    return true;
  }
  if (answer.status >= 500 || answer.status === 429 || answer.isOk) throw new Error(refusal(answer));
  isRefused = true;
  poll.stop();
  showButtons();
  say(refusal(answer, "read"), true);
  return false;
}, (error) => say(`No answer, trying again: ${error.message}`, true));

function take({ seen: passed, skipped, next, messages }) {
  // It began anew: the server has started again, or has ended the tap as the page was hidden. Asked for from its beginning.
  const isAnew = next < after;
  after = isAnew ? 0 : next;
  if (isAnew) return;
  if (passed < seen) unshown = 0;
  seen = passed;
  unshown += skipped;
  if (isPaused) unshown += messages.length;
  else list(messages);
  setText($("tap-counts"), `${count(seen)} passed since the tap began, ${count(unshown)} of them not shown.`);
  say(isPaused ? "Paused; what passes meanwhile is not shown." : "Listening.");
}

function list(messages) {
  const shown = messages.slice(-LONGEST_LIST);
  unshown += messages.length - shown.length;
  const now = Date.now();
  $("tap-list").prepend(...shown.map((message) => entry(message, now)).reverse());
  while ($("tap-list").childElementCount > LONGEST_LIST) $("tap-list").lastElementChild.remove();
}

function entry({ seconds_ago: seconds, event, data, byte_count: size, whole }, now) {
  const isLong = data.length > LONGEST_TEXT;
  const text = isLong ? data.slice(0, LONGEST_TEXT) : data;
  const about = element("p.about", nameElement(event), element("time", clock(now - seconds * 1000)), element("small", bytes(size)));
  const made = element("li", about, element("code", text));
  if (!whole || isLong) made.append(element("p.cut", `Cut: the first ${count(text.length)} characters of ${count(size)} bytes`));
  return made;
}

function showButtons() {
  $("tap-stop").hidden = !poll.isOn;
  $("tap-pause").hidden = !poll.isOn;
  setText($("tap-pause"), isPaused ? "Resume" : "Pause");
}

function begin(wanted) {
  channel = wanted;
  $("tap-channel").value = wanted;
  after = seen = unshown = 0;
  isPaused = isRefused = false;
  $("tap-list").replaceChildren();
  setText($("tap-counts"), "");
  poll.stop();
  try {
    target = `/console/tap?channel=${segment(wanted)}`;
    say("Asking …");
    poll.start();
  } catch (error) {
    say(`${error.message}.`, true);
  }
  showButtons();
}

/** Opens a tap on a channel, in place of the one that is open, and goes there. */
export function openTap(wanted) {
  begin(wanted);
  $("tap-title").focus();
}

$("tap-form").addEventListener("submit", (submission) => {
  submission.preventDefault();
  begin($("tap-channel").value);
});
$("tap-pause").addEventListener("click", () => {
  isPaused = !isPaused;
  showButtons();
});
$("tap-clear").addEventListener("click", () => $("tap-list").replaceChildren());
$("tap-stop").addEventListener("click", () => {
  poll.stop();
  say(`The tap on ${visible(channel)} is closed.`);
  showButtons();
  $("tap-channel").focus();
});
keys.addEventListener("changed", () => {
  if (isRefused) begin(channel);
});
