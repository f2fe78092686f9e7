// Tables whose rows come anew each second, without moving away under a pointer or a finger.

import { element, setText, setName } from "/console/text.js";

const hovers = matchMedia("(hover: hover)");

/**
 * The rows of a `table`. `key` names the item of a row, `cells` are its texts (or `[text, text below]`) in the order of the columns, the
 * first of which heads the row. `names` are the columns that hold outside names. `action` is a button at the end: `{ text, label, act }`.
 */
export class Table {
  constructor(table, { key, cells, names = [0], numbers = [], action = null, empty = "None" }) {
    Object.assign(this, { table, key, cells, names, numbers, action, empty, rows: new Map() });
    this.body = table.tBodies[0] || table.createTBody();
    this.columns = table.tHead.rows[0].cells.length;
    this.show([]);
  }

  /** Whether somebody is about to press or read something in it: then rows keep their places. */
  get isHeld() {
    return this.body.contains(document.activeElement) || (hovers.matches && this.body.matches(":hover"));
  }

  /** `isOther` says that this is another list altogether, which takes over at once. */
  show(items, isOther = false) {
    const wanted = new Map(items.map((item) => [this.key(item), item]));
    const isHeld = !isOther && this.rows.size > 0 && this.isHeld;
    for (const [key, { row }] of this.rows) {
      const isGone = !wanted.has(key);
      row.classList.toggle("gone", isGone);
      if (!isGone || isHeld) continue;
      row.remove();
      this.rows.delete(key);
    }
    this.table.toggleAttribute("data-held", isHeld);
    let place = 0;
    for (const [key, item] of wanted) {
      if (isHeld && !this.rows.has(key)) continue;
      const held = this.rows.get(key) || this.make(key);
      held.item = item;
      this.fill(held);
      if (!isHeld && this.body.rows[place] !== held.row) this.body.insertBefore(held.row, this.body.rows[place] || null);
      place += 1;
    }
    this.showEmpty();
  }

  showEmpty() {
    if (this.rows.size) {
      this.none?.remove();
      return;
    }
    if (!this.none) {
      const cell = Object.assign(element("td.hint", this.empty), { colSpan: this.columns });
      this.none = element("tr", cell);
    }
    if (!this.none.isConnected) this.body.append(this.none);
  }

  make(key) {
    const held = { row: element("tr"), item: null, button: null };
    for (let column = 0; column < this.columns - (this.action ? 1 : 0); column += 1) {
      const cell = element(column ? "td" : "th", element("bdi"), element("small"));
      if (!column) cell.scope = "row";
      if (this.names.includes(column)) cell.firstChild.className = "name";
      if (this.numbers.includes(column)) cell.className = "number";
      held.row.append(cell);
    }
    if (this.action) {
      held.button = Object.assign(element("button.small", this.action.text), { type: "button" });
      held.button.addEventListener("click", () => this.action.act(held.item));
      held.row.append(element("td.number", held.button));
    }
    this.rows.set(key, held);
    return held;
  }

  fill({ row, item, button }) {
    this.cells(item).forEach((value, column) => {
      const [text, below = ""] = [value].flat();
      const [shown, second] = row.cells[column].children;
      this.names.includes(column) ? setName(shown, text) : setText(shown, text);
      setName(second, below);
    });
    if (button) {
      const label = this.action.label(item);
      if (button.ariaLabel !== label) button.ariaLabel = label;
    }
  }
}
