// One connection's story, and the button that ends it.

import { $, element, setText, setName, visible, nameElement, count, bytes, duration, age, ago, clock } from "/console/text.js";
import { keys, call, segment, refusal, Poll } from "/console/feed.js";
import { Table } from "/console/tables.js";
import { openTap } from "/console/tap.js";

let id = "";
let path = "";
let channelWords = "";

const events = new Table($("story-table"), {
  key: ({ number }) => number,
  names: [2],
  cells: ({ seconds_ago: seconds, event, detail, time }) =>
    [[clock(time), ago(seconds)], event, detail],
  empty: "Nothing is remembered",
});

function say(text, isBad = false) {
  setText($("story-state"), text);
  $("story-state").className = isBad ? "bad" : "hint";
}

const poll = new Poll(2000, async (signal) => {
  const answer = await call(path, { signal });
  if (answer.isOk && answer.json) {
    show(answer.json);
    return answer.json.connected;
  }
  $("disconnect").hidden = true;
  if (answer.status === 404) say("No connection with this id is known. One that has ended is remembered for a while only.", true);
  else if (answer.status === 401 || answer.status === 403) say(refusal(answer, "read"), true);
  else throw new Error(refusal(answer));
  return false;
}, (error) => say(`No answer: ${error.message}`, true));

function show(story) {
  $("story").hidden = false;
  $("disconnect").hidden = !story.connected;
  setName($("story-id"), story.id);
  say("");
  const last = story.events.at(-1);
  const lines = {
    state: story.connected ? "connected" : `ended${last?.event === "ended" ? `: ${visible(last.detail)}` : ""}`,
    transport: story.transport ?? "none any more",
    address: visible(story.address),
    age: age(story.age),
    queue: `${bytes(story.queued_bytes)}${story.queued_bytes ? `, the oldest waits for ${duration(story.queue_seconds)}` : ""}`,
    channels: count(story.channel_count),
  };
  for (const [name, text] of Object.entries(lines)) setText($(`story-${name === "state" ? "state-text" : name}`), text);
  $("story-state-word").className = story.connected ? "good" : "bad";
  showChannels(story);
  const now = Date.now();
  const list = story.events.map((event, number) => ({ ...event, number, time: now - event.seconds_ago * 1000 }));
  events.show(list.reverse(), true);
}

function showChannels(story) {
  const words = JSON.stringify(story.channels);
  if (words === channelWords) return;
  channelWords = words;
  $("story-list").replaceChildren(...story.channels.map((channel) => {
    const button = Object.assign(element("button.chip", nameElement(channel)), { type: "button", ariaLabel: `Tap on ${visible(channel)}` });
    button.addEventListener("click", () => openTap(channel));
    return element("li", button);
  }));
  const more = story.channel_count - story.channels.length;
  if (more > 0) $("story-list").append(element("li.hint", `and ${count(more)} more`));
}

function follow(wanted) {
  id = wanted;
  $("socket").value = wanted;
  $("story").hidden = true;
  $("disconnect").hidden = true;
  setText($("disconnect-answer"), "");
  poll.stop();
  try {
    path = `/sockets/${segment(wanted)}`;
  } catch (error) {
    return say(`${error.message}.`, true);
  }
  say("Asking …");
  return poll.start();
}

/** Shows the story of a connection and goes there. */
export function openConnection(wanted) {
  follow(wanted);
  $("connection-title").focus();
}

$("socket-form").addEventListener("submit", (submission) => {
  submission.preventDefault();
  follow($("socket").value.trim());
});

keys.addEventListener("changed", () => {
  if (path) poll.start();
});

// MARK: Disconnecting

$("disconnect").addEventListener("click", () => {
  setName($("dialog-id"), id);
  $("dialog").showModal();
});
$("dialog-no").addEventListener("click", () => $("dialog").close());
$("dialog-yes").addEventListener("click", async () => {
  $("dialog").close();
  poll.stop();
  let [text, isBad] = ["Disconnected.", false];
  try {
    const answer = await call(path, { method: "DELETE" });
    if (!answer.isOk) [text, isBad] = [answer.status === 404 ? "It is not connected any more." : refusal(answer, "admin"), true];
    if (answer.isOk || answer.status === 404) poll.start();
  } catch (error) {
    [text, isBad] = [`No answer: ${error.message}`, true];
  }
  setText($("disconnect-answer"), text);
  $("disconnect-answer").className = isBad ? "bad" : "good";
  // The button that had the focus is there no more once the story says that it is over.
  if (!isBad) $("connection-title").focus();
});
