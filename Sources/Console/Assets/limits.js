// What the limits refused and cut, by reason.

import { $, element, count } from "/console/text.js";
import { Table } from "/console/tables.js";

export class Limits {
  constructor(table, unused) {
    this.unused = unused;
    this.words = "";
    this.table = new Table(table, {
      key: ({ family, reason }) => `${family} ${reason}`,
      numbers: [1, 2],
      cells: ({ family, reason, total, recent }) => [[reason, family], count(total), count(recent)],
      empty: "Nothing has been refused or cut since start",
    });
  }

  show(data, history) {
    const rows = ["refused", "cut"].flatMap((family) => Object.entries(data[family]).map(([reason, total]) =>
      ({ family, reason, total, recent: history.lastMinute(family, reason) })));
    const used = rows.filter(({ total }) => total > 0);
    used.sort((one, other) => other.recent - one.recent || other.total - one.total);
    this.table.show(used);
    this.showUnused(rows.filter(({ total }) => !total));
  }

  /** Those that have never happened, by name. They change seldom. */
  showUnused(rows) {
    const words = JSON.stringify(rows.map(({ family, reason }) => [family, reason]));
    if (words === this.words) return;
    this.words = words;
    $("limits-none-title").textContent = `${count(rows.length)} ${rows.length === 1 ? "reason" : "reasons"} at zero`;
    const part = (family, title) => {
      const names = rows.filter((row) => row.family === family).map(({ reason }) => element("li", element("code", reason)));
      return names.length ? [element("h4", title), element("ul.chips", ...names)] : [];
    };
    this.unused.replaceChildren(...part("refused", "Refused"), ...part("cut", "Cut"));
    this.unused.parentElement.hidden = !rows.length;
  }
}
