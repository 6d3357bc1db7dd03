// The view of the protocol: the table of sessions, or of transfers, as a grid of states and events whose cells count
// and light up as their rows fire; and the rows of the cell that was chosen, with the meaning of each word.

import { make, find, say, ask, count } from "./monitor-text.js";
import { Diagram } from "./monitor-diagram.js";

const GLOW = 900;
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** By name: the table, its counts, and the cells as they are drawn. */
const tables = new Map();
let [shownTable, chosen, visible, diagram] = [null, null, false, null];

/** The cells are one stop for the tabulator; the arrows lead from one to the next. */
export function prepare() {
  find("grid").addEventListener("keydown", (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const place = event.target.closest("td");
    if (!step || !place) return;
    event.preventDefault();
    const lines = [...place.closest("tbody").rows];
    let [down, across] = [lines.indexOf(place.parentNode), place.cellIndex];
    for (;;) {
      [down, across] = [down + step[0], across + step[1]];
      const next = lines[down]?.cells[across];
      if (!next) return;
      const button = next.querySelector("button");
      if (!button) continue;
      event.target.tabIndex = -1;
      button.tabIndex = 0;
      button.focus();
      return;
    }
  });
}

export function shown(own) {
  visible = own;
  if (own) drawCounts();
}

/** Reads the tables and the counts so far. */
export async function reload() {
  let told;
  try {
    told = (await ask("/api/table")).tables;
  } catch (wrong) {
    find("grid").replaceChildren(make("p", { class: "error", text: wrong.message }));
    return;
  }
  if (tables.size === 0) {
    for (const table of told) tables.set(table.name, { ...table, cells: new Map() });
    drawSwitch();
    choose(told[0].name);
  } else {
    for (const table of told) tables.get(table.name).fired = table.fired;
    drawCounts();
    tellCell();
  }
}

/** Takes how often rows fired in all, and lights them up. */
export function fired(news) {
  for (const [name, rows] of Object.entries(news)) {
    const table = tables.get(name);
    if (!table) continue;
    for (const [at, number] of rows) table.fired[at] = number;
    if (visible && table === shownTable && rows.length > 0) glow(rows.map(([at]) => at));
  }
}

function drawSwitch() {
  const options = [...tables.keys()].map((name, at) => {
    const input = make("input", { type: "radio", name: "table", value: name, id: `table-${name}`, onchange: () => choose(name) });
    input.checked = at === 0;
    return [input, make("label", { for: `table-${name}`, text: `${name[0].toUpperCase()}${name.slice(1)}` })];
  });
  find("table-names").replaceChildren(...options.flat());
}

/** What a row leads to, as its colour says it. */
function outcome(row) {
  if (row.effects.some((effect) => effect.startsWith("Refuse"))) return "refuses";
  if (row.next === "End") return "ends";
  return row.next === null ? "stays" : "moves";
}

function choose(name) {
  shownTable = tables.get(name);
  chosen = null;
  const { states, events, rows } = shownTable;
  const cells = new Map();
  rows.forEach((row, at) => {
    const key = `${row.state} ${row.event}`;
    if (!cells.has(key)) cells.set(key, { state: row.state, event: row.event, rows: [], key });
    cells.get(key).rows.push(at);
  });
  shownTable.cells = cells;
  diagram = new Diagram(shownTable);
  find("diagram").replaceChildren(diagram.element);
  const head = make("tr", {}, make("td", {}), ...states.map(({ name, meaning }) => make("th", { scope: "col", title: meaning, text: name })));
  const body = events.map((event) =>
    make("tr", {}, make("th", { scope: "row", title: event.meaning, text: event.name }), ...states.map((state) => drawCell(cells.get(`${state.name} ${event.name}`)))),
  );
  const caption = make("caption", { class: "unseen", text: `The ${name} table: events by states` });
  find("grid").replaceChildren(make("table", { class: `states-${states.length}` }, caption, make("thead", {}, head), make("tbody", {}, ...body)));
  cells.values().next().value.button.tabIndex = 0;
  drawCounts();
  tellCell();
}

function drawCell(cell) {
  if (!cell) return make("td", { class: "never" }, make("span", { class: "unseen", text: "cannot happen" }));
  cell.ticks = cell.rows.map((at) => make("span", { class: `tick ${outcome(shownTable.rows[at])}` }));
  cell.number = make("span", { class: "count" });
  const name = `${cell.state}, ${cell.event}`;
  cell.button = make("button", { class: "cell", "aria-pressed": "false", tabindex: "-1", title: name, onclick: () => pick(cell) }, make("span", { class: "ticks", "aria-hidden": "true" }, ...cell.ticks), make("span", { class: "unseen", text: `${name}: fired` }), cell.number);
  return make("td", {}, cell.button);
}

const sum = (cell) => cell.rows.reduce((all, at) => all + shownTable.fired[at], 0);

function drawCounts() {
  if (!shownTable || !visible) return;
  // The busiest cell is the warmest; a power between keeps rare ones apart from those that never fired.
  const sums = [...shownTable.cells.values()].map((cell) => [cell, sum(cell)]);
  const most = Math.max(1, ...sums.map(([, number]) => number));
  for (const [cell, number] of sums) {
    say(cell.number, number > 0 ? count(number) : "");
    cell.button.style.setProperty("--heat", `${number > 0 ? Math.round(6 + 22 * (Math.log1p(number) / Math.log1p(most))) : 0}%`);
    cell.rows.forEach((at, place) => cell.ticks[place].classList.toggle("fired", shownTable.fired[at] > 0));
  }
  diagram.update();
}

function glow(rows) {
  drawCounts();
  const lit = new Set(rows);
  for (const cell of shownTable.cells.values()) {
    const own = cell.rows.map((at, place) => [at, place]).filter(([at]) => lit.has(at));
    if (own.length === 0) continue;
    if (!still.matches) {
      light(cell.button);
      for (const [, place] of own) light(cell.ticks[place]);
    }
    if (cell === chosen) tellCell(lit);
  }
  diagram.glow(rows, still.matches ? 0 : GLOW);
}

function light(element) {
  element.getAnimations().forEach((running) => running.cancel());
  const colour = getComputedStyle(document.documentElement).getPropertyValue("--glow");
  element.animate([{ boxShadow: `inset 0 0 0 2px ${colour}` }, { boxShadow: "inset 0 0 0 2px transparent" }], { duration: GLOW, easing: "ease-out" });
}

function pick(cell) {
  chosen?.button.setAttribute("aria-pressed", "false");
  chosen = cell === chosen ? null : cell;
  for (const { button } of shownTable.cells.values()) button.tabIndex = -1;
  cell.button.tabIndex = 0;
  chosen?.button.setAttribute("aria-pressed", "true");
  tellCell();
}

/** The meaning of a word, also of one with something in brackets. */
function meaning(words, word) {
  return (words ?? []).find(({ name }) => name === word || name === word.split("(")[0])?.meaning ?? "";
}

/** Shows the rows of the chosen cell; while it is shown, only its counts change. */
function tellCell(lit) {
  const place = find("cell");
  if (!chosen) {
    place.dataset.cell = "";
    place.replaceChildren(make("p", { class: "hint", text: "Choose a cell to see its rows." }));
    return;
  }
  if (place.dataset.cell === chosen.key && lit) {
    chosen.rows.forEach((at) => {
      const row = place.querySelector(`[data-row="${at}"]`);
      say(row.querySelector(".row-count"), `${count(shownTable.fired[at])} ×`);
      if (lit.has(at) && !still.matches) light(row);
    });
    return;
  }
  place.dataset.cell = chosen.key;
  const { states, events, guards, effects } = shownTable;
  const word = (words, name) => make("li", {}, make("code", { text: name }), make("span", { class: "hint", text: ` ${meaning(words, name)}` }));
  const rows = chosen.rows.map((at, number) => {
    const row = shownTable.rows[at];
    const kind = outcome(row);
    const next = { refuses: "stays", stays: "stays", ends: "the end" }[kind] ?? row.next;
    return make(
      "li",
      { class: `row-detail ${kind}`, "data-row": at },
      make("p", { class: "row-head" }, make("span", { class: "hint", text: `${number + 1}.` }), make("span", { text: row.guard === "Always" ? (number > 0 ? "otherwise" : "always") : "when" }), row.guard === "Always" ? null : make("code", { text: row.guard }), make("span", { class: "row-count count", "aria-live": "off", text: `${count(shownTable.fired[at])} ×` })),
      row.guard === "Always" ? null : make("p", { class: "hint", text: meaning(guards, row.guard) }),
      make("ul", { class: "effects" }, ...row.effects.map((name) => word(effects, name))),
      make("p", { class: "row-next" }, "→ ", make("strong", { text: row.next === "End" ? "the end" : (row.next ?? next) })),
    );
  });
  place.replaceChildren(
    make("div", { class: "cell-head" }, make("h3", {}, chosen.state, " × ", chosen.event), make("button", { class: "icon-button", "aria-label": "Close", text: "✕", onclick: closeCell })),
    make("p", { class: "hint", text: `${chosen.state}: ${meaning(states, chosen.state)}` }),
    make("p", { class: "hint", text: `${chosen.event}: ${meaning(events, chosen.event)}` }),
    make("ol", { class: "rows" }, ...rows),
  );
}

function closeCell() {
  const { button } = chosen;
  pick(chosen);
  button.focus();
}
