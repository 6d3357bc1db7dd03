// The view of messages: live lines and, from the log, the past; newest first; filters, pause, export.
// Owns the table and its filters. It keeps at most 500 lines, and says how many it does not show.

import { make, find, say, ask, bytes, count, timeOfDay, dayIfNotToday, dateAndTime } from "./monitor-text.js";

const KEPT = 500;
const PAGE = 100;
const LONG = 400;
/** How many lines of a frame are shown when there are more than the server sends: nobody reads faster. */
const CROWD = 10;

/** What a kind is called, its colour, and what it says when there is no text. */
const KINDS = {
  say: ["Message", "accent"],
  private: ["Private", "private"],
  file: ["File", "accent"],
  "private-file": ["Private file", "private"],
  joined: ["Joined", "good", "came into the chat"],
  left: ["Left", "", "left the chat"],
  entered: ["Entered", "good", "came into the room"],
  "left-room": ["Left room", "", "went out of the room"],
  muted: ["Muted", "warn", "was muted"],
  unmuted: ["Unmuted", "warn", "may talk again"],
  avatar: ["Avatar", "", "has another avatar"],
  rejected: ["Rejected", "bad", "was not let in"],
};

/** The lines that are shown, newest first, and those that wait while it is paused. */
let [lines, waiting, left, paused, past] = [[], [], 0, false, false];
const known = new Map();
let [asked, told, typing] = [0, 0, 0];
/** Whether the server keeps a log; if not, it knows the latest lines only. */
let keeps = true;
const endOfLog = () => (keeps ? "That is where the log begins." : "This server keeps no log: what is older is gone.");

const keyOf = (line) => JSON.stringify([line.at, line.kind, line.sender, line.room, line.recipient, line.number]);
const fold = (text) => (text ?? "").toLowerCase();
const field = (name) => find(`filter-${name}`).value.trim();

/** What the filters say, as the server understands it. */
function filters() {
  const all = { grep: field("grep"), nick: field("nick"), room: field("room").replace(/^#/, ""), kind: field("kind") };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
}

/** Whether a live line passes the filters, as the server would say. */
function fits(line, { grep, nick, room, kind }) {
  return (
    (!grep || fold(line.text ?? line.file?.name).includes(fold(grep))) &&
    (!nick || fold(line.sender) === fold(nick) || fold(line.recipient) === fold(nick)) &&
    (!room || fold(line.room) === fold(room)) &&
    (!kind || line.kind === kind)
  );
}

export function prepare() {
  for (const [kind, [name]] of Object.entries(KINDS)) find("filter-kind").append(make("option", { value: kind, text: name }));
  find("filters").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(refilter, 250);
  });
  find("filters").addEventListener("reset", () => setTimeout(refilter));
  find("filters").addEventListener("submit", (event) => {
    event.preventDefault();
    refilter();
  });
  find("pause").addEventListener("click", () => (paused ? resume() : pause()));
  find("log-latest").addEventListener("click", () => resume(true));
  find("log-older").addEventListener("click", older);
  setInterval(tellCounts, 1000);
}

export function shown() {}

function refilter() {
  clearTimeout(typing);
  for (const format of ["csv", "jsonl"]) {
    find(`export-${format}`).href = `/api/log?${new URLSearchParams({ ...filters(), format })}`;
  }
  reload();
}

/** Lines of the log, newest first. A server that keeps none knows the latest, whatever is asked for. */
async function read(from) {
  const wanted = filters();
  const { lines: came, kept } = await ask(`/api/log?${new URLSearchParams({ ...wanted, ...from, limit: PAGE })}`);
  keeps = kept !== false;
  for (const format of ["csv", "jsonl"]) find(`export-${format}`).hidden = !keeps;
  if (keeps) return came;
  return came.filter((line) => fits(line, wanted)).sort((one, other) => other.at - one.at);
}

/** Reads the newest lines that fit from the log, and shows them in place of what is there. */
export async function reload() {
  if (paused) return;
  const own = ++asked;
  let came;
  try {
    came = await read({});
  } catch (wrong) {
    say(find("log-older-state"), wrong.message);
    return;
  }
  // Another filter was chosen meanwhile.
  if (own !== asked) return;
  // Live lines may be ahead of the log.
  const wanted = filters();
  const ahead = lines.filter((line) => line.id === null && (came.length === 0 || line.at >= came[0].at) && fits(line, wanted));
  known.clear();
  lines = [];
  left = 0;
  past = false;
  find("log-rows").replaceChildren();
  add([...ahead, ...came], false);
  find("log-older").hidden = came.length < PAGE || !keeps;
  say(find("log-older-state"), came.length < PAGE && came.length > 0 ? endOfLog() : "");
  tellEmpty();
  tellCounts();
}

/** Takes live lines, and how many more there were. */
export function take(came, more) {
  const wanted = filters();
  const fitting = came.filter((line) => fits(line, wanted)).sort((one, other) => other.at - one.at);
  left += more;
  if (paused) {
    // More than can be shown need not be kept.
    waiting = [...fitting, ...waiting];
    left += Math.max(0, waiting.length - KEPT);
    waiting.length = Math.min(waiting.length, KEPT);
    return;
  }
  if (more > 0) left += fitting.splice(CROWD).length;
  add(fitting, true);
  if (fitting.length > 0) tellEmpty();
}

/** Puts lines on top, newest first, or beneath. */
function add(came, fresh, beneath = false) {
  const news = came.filter((line) => {
    const key = keyOf(line);
    const row = known.get(key);
    // The log knows the number of a line that came live.
    if (row && line.id !== null) row.line.id = line.id;
    return !row && known.set(key, { line });
  });
  if (news.length === 0) return 0;
  // In a crowd nobody sees what is new, and the light costs time.
  const rows = news.map((line) => draw(line, fresh && news.length < CROWD));
  lines = beneath ? [...lines, ...news] : [...news, ...lines];
  find("log-rows")[beneath ? "append" : "prepend"](...rows);
  // The past pushes out what is new, and what is new pushes out the past.
  while (lines.length > KEPT) {
    const gone = beneath ? lines.shift() : lines.pop();
    known.delete(keyOf(gone));
    find("log-rows")[beneath ? "firstElementChild" : "lastElementChild"].remove();
    if (beneath) past = true;
    else find("log-older").hidden = false;
  }
  return news.length;
}

function draw(line, fresh) {
  const [name, colour, happened] = KINDS[line.kind] ?? [line.kind, ""];
  const day = dayIfNotToday(line.at);
  const time = make("time", { datetime: new Date(line.at).toISOString(), title: dateAndTime(line.at), text: timeOfDay(line.at) });
  const to = line.recipient !== null && line.recipient !== undefined ? make("span", { class: "nick", text: line.recipient }) : line.room ? make("span", { class: "room", text: `#${line.room}` }) : "";
  return make(
    "div",
    { class: fresh ? "line fresh" : "line", role: "row", "data-kind": line.kind },
    make("span", { role: "cell", class: "at" }, day ? make("span", { class: "day", text: `${day} ` }) : null, time),
    make("span", { role: "cell", class: "kind" }, make("span", { class: `tag ${colour}`, text: name })),
    make("span", { role: "cell", class: "nick", text: line.sender }),
    make("span", { role: "cell", class: "to" }, to),
    make("span", { role: "cell", class: "what" }, ...words(line, happened)),
  );
}

function words(line, happened) {
  const until = line.until ? ` until ${timeOfDay(line.until)}` : "";
  if (line.file) {
    const { file, name, size } = line.file;
    const link = make("a", { href: `/files/${file}/${encodeURIComponent(name)}`, target: "_blank", rel: "noopener", text: name });
    return [link, make("span", { class: "hint", text: ` ${bytes(size)}` })];
  }
  if (happened) return [make("span", { class: "happened", text: happened + until + (line.text ? `: ${line.text}` : "") })];
  const text = line.text ?? "";
  if (text.length <= LONG && text.split("\n").length <= 6) return [text];
  const short = text.split("\n").slice(0, 6).join("\n").slice(0, LONG);
  const rest = make("button", {
    class: "quiet-button rest",
    text: "Show all",
    onclick: () => rest.parentNode.replaceChildren(text),
  });
  return [`${short}… `, rest];
}

function pause() {
  paused = true;
  tellPaused();
}

/** Shows what waited; when that is not all, it is read from the log. */
function resume(anew = false) {
  const gaps = anew || past || left > 0;
  const came = waiting;
  [paused, waiting] = [false, []];
  tellPaused();
  if (gaps) return reload();
  add(came, true);
  tellEmpty();
  tellCounts();
}

function tellPaused() {
  find("pause").setAttribute("aria-pressed", String(paused));
  find("log").classList.toggle("paused", paused);
  tellCounts();
}

/** Says what waits or was left out, often enough to be seen and seldom enough to be heard. */
function tellCounts() {
  const number = waiting.length + (paused ? left : 0);
  say(find("pause"), paused ? (number > 0 ? `Resume (${count(number)})` : "Resume") : "Pause");
  find("log-latest").hidden = paused || left === 0;
  if (Date.now() - told < 3000 && (number > 0 || left > 0)) return;
  told = Date.now();
  const words = paused
    ? number > 0
      ? `Paused. ${count(number)} ${number === 1 ? "line waits" : "lines wait"}.`
      : "Paused. New lines wait."
    : left > 0
      ? `${count(left)} ${left === 1 ? "line" : "lines"} came too fast to be shown; the log has them.`
      : "Newest first, as it happens.";
  say(find("log-waiting"), words);
}

function tellEmpty() {
  const none = lines.length === 0;
  find("log-empty").hidden = !none;
  if (none) {
    const filtered = Object.keys(filters()).length > 0;
    say(find("log-empty"), filtered ? "Nothing in the log fits these filters." : "Nothing has been said yet. What is said appears here at once.");
  }
}

async function older() {
  const last = lines.findLast((line) => line.id !== null);
  const from = last ? { before: last.id } : lines.length > 0 ? { until: lines.at(-1).at } : {};
  say(find("log-older-state"), "Loading…");
  try {
    const came = await read(from);
    // Who reads the past is not pushed away by the present.
    if (lines.length + came.length > KEPT && !paused) pause();
    add(came, false, true);
    find("log-older").hidden = came.length < PAGE || !keeps;
    say(find("log-older-state"), came.length < PAGE ? endOfLog() : "");
  } catch (wrong) {
    say(find("log-older-state"), wrong.message);
  }
  tellEmpty();
  tellCounts();
}
