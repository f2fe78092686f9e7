// The effective configuration; asked for when it is opened, as it wants a key that may do more than the rest of the page.

import { $, setText, count } from "/console/text.js";
import { keys, call, refusal } from "/console/feed.js";
import { Table } from "/console/tables.js";

let settings = [];

const table = new Table($("configuration-table"), {
  key: ({ name, number }) => `${number} ${name}`,
  names: [0],
  cells: ({ name, value, source }) => [name, value, source],
  empty: "No setting matches",
});

function say(text, isBad = false) {
  setText($("configuration-state"), text);
  $("configuration-state").className = isBad ? "bad" : "hint";
}

function show() {
  const wanted = $("configuration-filter").value.trim().toLowerCase();
  const shown = settings.filter(({ name, value, source }) => `${name} ${value} ${source}`.toLowerCase().includes(wanted));
  table.show(shown, true);
  say(`${count(shown.length)} of ${count(settings.length)} settings`);
}

async function load() {
  say("Asking …");
  try {
    const answer = await call("/console/configuration");
    $("configuration-content").hidden = !answer.isOk;
    if (!answer.isOk || !answer.json) return say(refusal(answer, "admin"), true);
    settings = answer.json.settings.map((setting, number) => ({ ...setting, number }));
    show();
  } catch (error) {
    say(`No answer: ${error.message}`, true);
  }
}

$("configuration").addEventListener("toggle", () => {
  if ($("configuration").open) load();
});
$("configuration-filter").addEventListener("input", show);
$("configuration-again").addEventListener("click", load);
keys.addEventListener("changed", () => {
  if ($("configuration").open) load();
});
