// Makes elements and words for the monitor. Text from users goes in as text only; nothing here knows the server.

/** An element with properties and children; a string child is text. `on…` listens, `data-…`, `aria-…` and the like are attributes. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "text") element.textContent = value;
    else if (name === "class") element.className = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const find = (id) => document.getElementById(id);

/** Sets a text only where it differs, so that nothing is laid out in vain. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export const count = (number) => (Math.abs(number) >= 100_000 ? short.format(number) : whole.format(number));

/** Bytes with a unit, three figures at most. */
export function bytes(number) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [value, unit] = [number, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${Number(value.toPrecision(value >= 100 ? 4 : 3)).toLocaleString("en", { maximumFractionDigits: value >= 100 ? 0 : 1 })} ${units[unit]}`;
}

/** Microseconds with a unit. */
export function micros(number) {
  if (number >= 1_000_000) return `${(number / 1_000_000).toPrecision(2)} s`;
  if (number >= 1000) return `${number >= 10_000 ? Math.round(number / 1000) : Number((number / 1000).toFixed(1))} ms`;
  return `${Math.round(number)} µs`;
}

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const minutes = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "medium" });

export const timeOfDay = (at) => clock.format(at);
export const hourAndMinute = (at) => minutes.format(at);
export const dateAndTime = (at) => full.format(at);
/** The day, when it is not today; else nothing. */
export const dayIfNotToday = (at) => (new Date(at).toDateString() === new Date().toDateString() ? "" : day.format(at));

/** A span of time as people say it: the largest parts. */
export function duration(ms, most = 2) {
  const parts = [["d", 86_400_000], ["h", 3_600_000], ["min", 60_000], ["s", 1000]];
  let rest = Math.max(0, ms);
  const said = [];
  for (const [unit, size] of parts) {
    const number = Math.floor(rest / size);
    rest -= number * size;
    if (number > 0 || (unit === "s" && said.length === 0)) said.push(`${number} ${unit}`);
    else if (said.length > 0) break;
    if (said.length === most) break;
  }
  return said.join(" ");
}

/** Asks the server for JSON. Throws a sentence when that fails. */
export async function ask(path, body) {
  const options = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  let response;
  try {
    response = await fetch(path, { ...options, credentials: "same-origin" });
  } catch {
    throw new Error("The server cannot be reached.");
  }
  if (response.status === 401) throw new Error("The server wants the token again: open the link that it prints at its start.");
  const told = await response.json().catch(() => null);
  if (told === null || (!response.ok && !told.refused)) throw new Error(told?.error ?? `The server answered ${response.status}.`);
  return told;
}
