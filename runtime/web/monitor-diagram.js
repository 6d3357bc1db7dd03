// Draws the states of a table as a diagram: a box for each, and an arrow for each pair between which rows lead. Arrows
// light up as their rows fire. It knows no table by name: places follow from the number of states.

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, BOX, TALL] = [640, 112, 38];
/** How far from its boxes an arrow bows that leads so many boxes on, and the number upon it. */
const bowOf = (span) => (span === 0 ? 26 : 14 + span * 17);
const roomOf = (span) => bowOf(span) * 0.75 + 16;

function draw(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

export class Diagram {
  constructor(table) {
    this.table = table;
    const moves = table.rows.map((row, at) => ({ from: row.state, to: row.next, at })).filter(({ to }) => to !== null);
    const names = [...table.states.map(({ name }) => name), "End"];
    const farthest = (forth) => Math.max(0, ...moves.map(({ from, to }) => (names.indexOf(to) - names.indexOf(from)) * (forth ? 1 : -1)));
    const middle = roomOf(farthest(true)) + TALL / 2;
    this.element = draw("svg", { viewBox: `0 0 ${WIDTH} ${middle + TALL / 2 + roomOf(farthest(false))}`, role: "img", class: "states" });
    this.element.append(draw("title", {}, `The states of the ${table.name} table and the moves between them`));
    const gap = WIDTH / names.length;
    this.places = new Map(names.map((name, at) => [name, { x: gap * (at + 0.5), y: middle, at }]));
    this.arrows = new Map();
    for (const { from, to, at } of moves) {
      const key = `${from} ${to}`;
      if (!this.arrows.has(key)) this.arrows.set(key, { from, to, rows: [] });
      this.arrows.get(key).rows.push(at);
    }
    for (const arrow of this.arrows.values()) this.drawArrow(arrow);
    for (const [name, place] of this.places) this.drawState(name, place, gap);
  }

  drawState(name, { x, y }, gap) {
    const wide = Math.min(BOX, gap - 14);
    const group = draw("g", { class: name === "End" ? "state end" : "state" });
    group.append(draw("rect", { x: x - wide / 2, y: y - TALL / 2, width: wide, height: TALL, rx: name === "End" ? TALL / 2 : 8 }));
    group.append(draw("text", { x, y: y + 5, "text-anchor": "middle" }, name === "End" ? "the end" : name));
    this.element.append(group);
  }

  /** Forward moves bow above, backward ones below; the farther, the higher. */
  drawArrow(arrow) {
    const [one, other] = [this.places.get(arrow.from), this.places.get(arrow.to)];
    const [span, forth] = [Math.abs(one.at - other.at), one.at < other.at];
    const side = forth ? -1 : 1;
    const edge = one.y + (side * TALL) / 2;
    const [from, to] = span === 0 ? [one.x + 24, one.x + 46] : [one.x + (forth ? 14 : -14), other.x - (forth ? 14 : -14)];
    const bow = edge + side * bowOf(span);
    const path = `M${from} ${edge} C${from} ${bow} ${to} ${bow} ${to} ${edge + side * 5}`;
    const tip = `M${to - 4} ${edge + side * 7} L${to} ${edge} L${to + 4} ${edge + side * 7} Z`;
    arrow.group = draw("g", { class: "arrow" });
    arrow.label = draw("text", { x: (from + to) / 2, y: edge + side * (span === 0 ? 20 : 10.5 + span * 12.8) + (forth ? -3 : 11), "text-anchor": "middle", class: "arrow-count" });
    arrow.group.append(draw("path", { d: path, class: "shaft" }), draw("path", { d: tip, class: "tip" }), arrow.label);
    this.element.append(arrow.group);
  }

  update() {
    for (const { rows, group, label } of this.arrows.values()) {
      const number = rows.reduce((all, at) => all + this.table.fired[at], 0);
      const text = number > 0 ? number.toLocaleString("en") : "";
      if (label.textContent !== text) label.textContent = text;
      group.classList.toggle("fired", number > 0);
    }
  }

  glow(rows, ms) {
    if (ms === 0) return;
    const lit = new Set(rows);
    for (const arrow of this.arrows.values()) {
      if (!arrow.rows.some((at) => lit.has(at))) continue;
      arrow.group.getAnimations().forEach((running) => running.cancel());
      arrow.group.animate([{ opacity: 1, strokeWidth: "4px" }, { strokeWidth: "1.5px" }], { duration: ms, easing: "ease-out" });
    }
  }
}
