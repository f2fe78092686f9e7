// The page: reads /console/data once a second while it is seen, and hands the answers to its parts.

import { $, setText, setName, visible, count, rate, bytes, duration, age, ago, clock } from "/console/text.js";
import { keys, call, refusal, Poll } from "/console/feed.js";
import { History, SPAN } from "/console/history.js";
import { makeCharts } from "/console/charts.js";
import { Table } from "/console/tables.js";
import { Limits } from "/console/limits.js";
import { openConnection } from "/console/connection.js";
import { openTap } from "/console/tap.js";
import "/console/publish.js";
import "/console/configuration.js";

const history = new History();
const limits = new Limits($("limits-table"), $("limits-none"));
let latest = null;
let pointedTime = null;

// MARK: State

const TITLE = document.title;
let state = "";

/** `kind` is one of running, draining, lost, paused, refused; it is announced only when it becomes another. */
function showState(kind, text) {
  setText($("state"), text);
  if (kind === state) return;
  state = kind;
  $("badge").className = `badge ${kind}`;
  document.body.classList.toggle("stale", kind !== "running" && kind !== "draining");
  document.title = kind === "running" ? TITLE : `${kind[0].toUpperCase()}${kind.slice(1)}: ${TITLE}`;
  setText($("announcement"), text);
}

const feed = new Poll(1000, async (signal) => {
  const answer = await call("/console/data", { signal });
  if (answer.status === 401) {
    showState("refused", "Waiting for a key");
    return false;
  }
  if (answer.status === 403) {
    showState("refused", "Not permitted");
    showProblem(refusal(answer, "read"));
    $("change-key").hidden = false;
    return false;
  }
  if (!answer.isOk || !answer.json) throw new Error(refusal(answer));
  showProblem("");
  latest = answer.json;
  history.add(latest, Date.now());
  showState(latest.draining ? "draining" : "running", latest.draining ? "Draining" : "Running");
  show();
  return true;
}, showLost);

function showProblem(text) {
  $("problem").hidden = !text;
  setText($("problem"), text);
}

function showLost(error) {
  const seconds = Math.max(0, Math.ceil((feed.retryAt - performance.now()) / 1000));
  if (error) showProblem(`No data: ${error.message}`);
  showState("lost", seconds ? `Lost, trying again in ${seconds} s` : "Lost, trying again");
}

// While there are no answers the charts move on all the same, and the gap is seen.
setInterval(() => {
  if (document.hidden || !feed.isOn || !feed.failures) return;
  if (feed.retryAt) showLost();
  drawCharts();
}, 1000);

$("pause").addEventListener("click", () => {
  const isPaused = feed.isOn;
  isPaused ? feed.stop() : feed.start();
  if (isPaused) showState("paused", "Paused");
  setText($("pause"), isPaused ? "Resume" : "Pause");
});

// MARK: The key

keys.addEventListener("refused", () => {
  askKey(keys.value ? "This key is not right. Enter another one." : "");
  $("key").focus();
});

keys.addEventListener("changed", () => {
  $("change-key").hidden = !keys.value;
  showProblem("");
  setText($("pause"), "Pause");
  feed.start();
});

function askKey(problem) {
  $("key-section").hidden = false;
  $("forget").hidden = !keys.value;
  setText($("key-problem"), problem);
  $("key").setAttribute("aria-invalid", String(Boolean(problem)));
}

$("key-form").addEventListener("submit", (submission) => {
  submission.preventDefault();
  $("key-section").hidden = true;
  const key = $("key").value.trim();
  $("key").value = "";
  keys.save(key);
  $("figures-title").focus();
});
$("forget").addEventListener("click", () => {
  keys.save("");
  $("forget").hidden = true;
  $("key").focus();
});
$("key-cancel").addEventListener("click", () => {
  $("key-section").hidden = true;
  ($("change-key").hidden ? $("figures-title") : $("change-key")).focus();
});
$("change-key").addEventListener("click", () => {
  askKey("");
  $("key").focus();
});

// MARK: Figures and charts

const charts = makeCharts((time) => {
  pointedTime = time;
  drawCharts();
});
$("charts").append(...charts.map(({ figure }) => figure));

function drawCharts() {
  const pointed = pointedTime === null ? null : history.at(pointedTime);
  const view = { points: history.points, restarts: history.restarts, end: Date.now(), pointed };
  for (const chart of charts) chart.draw(view);
}

const minutes = new Table($("minutes-table"), {
  key: ({ seconds }) => seconds,
  numbers: [1, 2, 3, 4, 5],
  cells: ({ seconds, point }) => [
    seconds ? `${age(seconds)} ago` : "now", count(point?.connections), rate(point?.messages), rate(point?.deliveries),
    duration(point?.publish99), duration(point?.fanOut99),
  ],
});

function showMinutes() {
  if (!$("minutes").open) return;
  const now = Date.now();
  minutes.show(Array.from({ length: SPAN / 30_000 }, (_, index) => ({ seconds: index * 30, point: history.at(now - index * 30_000) })));
}
$("minutes").addEventListener("toggle", showMinutes);

function showFigures(data, point) {
  const { process } = data;
  const behind = data.slow === 1 ? "connection is behind" : "connections are behind";
  const texts = {
    connections: count(point.connections),
    "connections-more": `${count(data.websocket)} websocket, ${count(data.polling)} polling`,
    subscriptions: count(data.subscriptions),
    "subscriptions-more": point.connections ? `${rate(data.subscriptions / point.connections)} a connection` : "",
    channels: count(data.channels),
    "channels-more": data.channels ? `${rate(data.subscriptions / data.channels)} subscribers each` : "",
    messages: rate(point.messages),
    "messages-more": `${count(data.publishes)} since start`,
    deliveries: rate(point.deliveries),
    "deliveries-more": `${count(data.deliveries)} since start`,
    latency: duration(point.publish99),
    "latency-more": `p50 ${duration(point.publish50)}; fan-out p99 ${duration(point.fanOut99)}`,
    slow: `${count(data.slow)} ${behind}`,
    queued: `${bytes(data.queued_bytes)} queued, ${count(data.pending_messages)} messages pending`,
    traffic: `${bytes(point.received)}/s in, ${bytes(point.sent)}/s out`,
    processor: point.processor === null ? "–" : `${count(point.processor * 100)} % of one core`,
    memory: process ? bytes(process.resident_bytes) : "–",
    descriptors: process ? `${count(process.open_descriptors)} open` : "–",
    http: count(data.http_connections),
    loops: `${count(data.loops)}, late by ${duration(point.lag99)} (p99)`,
    moved: `${count(data.sessions_moved)} sessions`,
    room: `${count(data.maximum_connections)} connections`,
  };
  for (const [name, text] of Object.entries(texts)) setText($(`figure-${name}`), text);
}

// MARK: Tables

const tapAction = { text: "Tap", label: ({ channel }) => `Tap on ${visible(channel)}`, act: ({ channel }) => openTap(channel) };
const storyAction = { text: "Story", label: ({ id }) => `Story of ${visible(id)}`, act: ({ id }) => openConnection(id) };

const channels = new Table($("channels-table"), {
  key: ({ channel }) => channel,
  numbers: [1, 2],
  cells: ({ channel, messages, subscribers }) => [channel, rate(messages), count(subscribers)],
  action: tapAction,
  empty: "No channel has subscribers or messages",
});
const slowest = new Table($("slowest-table"), {
  key: ({ id }) => id,
  numbers: [1, 2],
  cells: ({ id, address, transport, queued_bytes: queued, queue_seconds: seconds }) =>
    [[id, `${transport} · ${address}`], bytes(queued), duration(seconds)],
  action: storyAction,
  empty: "No connection is behind",
});
const ended = new Table($("ended-table"), {
  key: ({ id }) => id,
  numbers: [],
  cells: ({ id, address, reason, seconds_ago: seconds, age: lasted }) => [[id, address], [reason, `${ago(seconds)}, aged ${age(lasted)}`]],
  action: storyAction,
  empty: "No connection has ended lately",
});

function showChannels(isOther) {
  if (latest) channels.show($("by-subscribers").checked ? latest.largest : latest.busiest, isOther);
}
$("channels-order").addEventListener("change", () => showChannels(true));

function show() {
  const point = history.points.at(-1);
  const restart = history.restarts.at(-1);
  setName($("version"), latest.version);
  setText($("uptime"), `up ${age(Math.floor(latest.now - latest.started))}${restart ? `, restarted ${clock(restart)}` : ""}`);
  showFigures(latest, point);
  drawCharts();
  showMinutes();
  showChannels();
  slowest.show(latest.slowest);
  ended.show(latest.ended);
  limits.show(latest, history);
}

// MARK: Start

keys.load();
$("change-key").hidden = !keys.value;
drawCharts();
feed.start();
