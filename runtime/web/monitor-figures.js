// The tiles at the top and the view of figures: what is counted, drawn over the last hour. Owns the samples.

import { make, find, say, ask, bytes, count, micros, duration } from "./monitor-text.js";
import { Chart, spark } from "./monitor-charts.js";

const HOUR = 3_600_000;
const one = (number) => (Number.isInteger(number) ? count(number) : number < 10 ? number.toFixed(1) : count(number));

const CHARTS = [
  { title: "Clients", hint: "Who is connected.", names: ["clients"], values: (s) => [s.clients], show: one, least: 4 },
  { title: "Messages a second", hint: "What was said, in rooms and privately.", names: ["messages"], values: (s) => [s.messages], show: one, least: 4 },
  { title: "Deliveries a second", hint: "Each message counts once for each who gets it.", names: ["deliveries"], values: (s) => [s.deliveries], show: one, least: 4 },
  { title: "Delivery time", hint: "Half are handed on faster than p50, 99 in 100 faster than p99.", names: ["p50", "p99"], values: (s) => [s.p50_us, s.p99_us], has: (s) => s.p99_us > 0, show: micros, least: 1000 },
  { title: "Refusals a second", hint: "Requests that were answered with a reason.", names: ["refused"], values: (s) => [s.refused], show: one, least: 4 },
  { title: "Mutes a second", hint: "Who was muted, by the server or an operator.", names: ["mutes"], values: (s) => [s.mutes], show: one, least: 4 },
  { title: "Not yet on disk", hint: "Records that are not on the disk yet.", names: ["lag"], values: (s) => [s.lag], show: one, least: 10 },
  { title: "Memory", hint: "What the server holds.", names: ["memory"], values: (s) => [s.memory], show: bytes, least: 10_000_000 },
].map((chart) => new Chart(chart));

const TILES = [
  { name: "Clients", of: (s) => s.clients, show: count },
  { name: "Messages / s", of: (s) => s.messages, show: count },
  { name: "Deliveries / s", title: "Each message counts once for each who gets it.", of: (s) => s.deliveries, show: count },
  { name: "Refused / s", of: (s) => s.refused, show: count },
  { name: "Muted now", title: "Who may listen but not talk." },
  { name: "Delivery time", title: "99 of 100 messages are delivered faster.", of: (s) => s.p99_us, show: (value) => (value > 0 ? micros(value) : "–") },
];

let [samples, visible, reasons, polling] = [[], false, {}, 0];
// What the refusals' bars show, as a text.
let drawnRefusals = null;

export async function prepare() {
  find("charts").append(...CHARTS.map((chart) => chart.element));
  for (const tile of TILES) {
    tile.value = make("span", { class: "tile-value count", text: "–" });
    tile.spark = tile.of && spark();
    find("tiles").append(make("li", { class: "tile", title: tile.title }, make("span", { class: "tile-name", text: tile.name }), tile.value, tile.spark?.picture));
  }
  find("span").addEventListener("change", drawCharts);
  try {
    // The words of refusals are the protocol's own.
    reasons = (await ask(new URL("./protocol.json", import.meta.url))).no ?? {};
  } catch {
    reasons = {};
  }
}

export function shown(own) {
  visible = own;
  clearInterval(polling);
  if (!own) return;
  drawCharts();
  const poll = () => ask("/api/stats").then(({ now }) => tellTotals(now)).catch(() => {});
  polling = setInterval(poll, 5000);
  poll();
}

/** Begins anew with the samples of the last hour. */
export function begin({ now, hour }) {
  samples = hour;
  tellTotals(now);
  drawTiles();
  drawCharts();
}

export function take(sample) {
  if (samples.length > 0 && sample.at <= samples.at(-1).at) return;
  samples.push(sample);
  const oldest = sample.at - HOUR;
  // Thrown away in heaps: a shift of a long array each second is work for nothing.
  if (samples.length > 3800) samples = samples.filter(({ at }) => at >= oldest);
  drawTiles();
  drawCharts();
}

/** Tells how many users are muted: who reads the report knows. */
export function tellMuted(number) {
  say(TILES.find(({ of }) => !of).value, count(number));
}

function drawTiles() {
  const latest = samples.at(-1);
  if (!latest) return;
  const minute = samples.slice(-60);
  for (const tile of TILES.filter(({ of }) => of)) {
    say(tile.value, tile.show(tile.of(latest)));
    tile.spark.update(minute.map(tile.of));
  }
}

function drawCharts() {
  if (!visible || samples.length === 0) return;
  const until = samples.at(-1).at;
  // A young server's minutes are not pressed into the corner of an hour.
  const wanted = until - Number(find("span").value) * 60_000;
  const from = Math.max(wanted, Math.min(samples[0].at, until - 60_000));
  for (const chart of CHARTS) chart.update(samples, from, until);
  drawRefusals(from);
}

function tellTotals(now) {
  const totals = {
    "Up for": duration(Date.now() - now.since),
    "Most clients at a time": count(now.clients_peak),
    Messages: count(now.messages),
    Deliveries: count(now.deliveries),
    "Times muted": count(now.mutes),
    Warnings: count(now.warnings),
    "Bytes in": bytes(now.bytes_in),
    "Bytes out": bytes(now.bytes_out),
  };
  find("totals").replaceChildren(...Object.entries(totals).map(([name, value]) => make("div", {}, make("dt", { text: name }), make("dd", { class: "count", text: value }))));
}

// How often each refusal was given in the time that the charts show.
function drawRefusals(from) {
  const sums = new Map();
  for (const sample of samples) {
    if (sample.at < from) continue;
    for (const [reason, number] of Object.entries(sample.refusals ?? {})) sums.set(reason, (sums.get(reason) ?? 0) + number);
  }
  const refusals = [...sums].sort(([, a], [, b]) => b - a);
  const shown = JSON.stringify(refusals);
  if (shown === drawnRefusals) return;
  drawnRefusals = shown;
  const most = refusals[0]?.[1] ?? 1;
  const bars = refusals.map(([reason, number]) => {
    const bar = make("span", { class: "bar-fill" });
    bar.style.setProperty("--share", number / most);
    return make("li", {}, make("span", { class: "bar-name" }, make("code", { text: reason }), make("span", { class: "count", text: count(number) })), make("span", { class: "bar" }, bar), make("span", { class: "hint", text: reasons[reason] ?? "" }));
  });
  find("refusals").replaceChildren(bars.length > 0 ? make("ul", {}, ...bars) : make("p", { class: "hint", text: "Nothing was refused." }));
}
