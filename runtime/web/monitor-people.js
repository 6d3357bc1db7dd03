// The view of people: the users' report, and what an operator does to them. Owns the rows of users, which stay the
// same elements while they are told anew, so that neither focus nor a chosen duration is lost.

import { tellMuted } from "./monitor-figures.js";
import { make, find, say, ask, duration, timeOfDay, dateAndTime } from "./monitor-text.js";

const EVERY = 3000;
const DURATIONS = [["30 seconds", 30_000], ["1 minute", 60_000], ["5 minutes", 300_000], ["15 minutes", 900_000], ["1 hour", 3_600_000], ["1 day", 86_400_000]];
const STATES = { Member: ["here", "good"], Muted: ["muted", "warn"], Detached: ["away", ""] };

const rows = new Map();
let [visible, polling, soon, loading] = [false, 0, 0, false];

export function prepare() {
  setInterval(tellTimes, 1000);
}

export function shown(own) {
  visible = own;
  clearInterval(polling);
  if (!own) return;
  polling = setInterval(reload, EVERY);
  reload();
}

/** Who came, went, or was muted is asked for at once, though not for each in a crowd. */
export function heard(lines) {
  const counts = lines.some(({ kind }) => ["joined", "left", "muted", "unmuted", "avatar"].includes(kind));
  const seen = lines.some(({ kind }) => ["entered", "left-room"].includes(kind)) && visible;
  if ((counts || seen) && soon === 0) {
    soon = setTimeout(() => {
      soon = 0;
      reload();
    }, 300);
  }
}

export async function reload() {
  if (loading) return;
  loading = true;
  try {
    const { users, guests } = await ask("/api/report");
    tell(users, guests ?? []);
    say(find("people-state"), `${users.length} ${users.length === 1 ? "user" : "users"}, ${guests?.length ?? 0} without a nick`);
  } catch (wrong) {
    say(find("people-state"), wrong.message);
  } finally {
    loading = false;
  }
}

function tell(users, guests) {
  users.sort((one, other) => one.nick.localeCompare(other.nick));
  say(find("people-count"), String(users.length));
  find("users-empty").hidden = users.length > 0;
  const there = new Set(users.map(({ nick }) => nick));
  for (const [nick, row] of rows) {
    if (there.has(nick)) continue;
    row.element.remove();
    rows.delete(nick);
  }
  users.forEach((user, at) => {
    let row = rows.get(user.nick);
    if (!row) {
      row = draw(user);
      rows.set(user.nick, row);
    }
    update(row, user);
    const place = find("users").children[at];
    if (place !== row.element) find("users").insertBefore(row.element, place ?? null);
  });
  tellTimes();
  find("guests-card").hidden = guests.length === 0;
  find("guests").replaceChildren(...guests.slice(0, 200).map(({ addr }) => make("li", {}, make("code", { text: addr ?? "?" }))));
}

function draw({ nick }) {
  const row = { nick, until: null };
  row.avatar = make("span", { class: "avatar", "aria-hidden": "true" });
  row.state = make("span", { class: "tag" });
  row.left = make("span", { class: "hint count" });
  row.address = make("code", {});
  row.rooms = make("span", {});
  row.joined = make("span", {});
  const button = (text, colour, onclick) => make("button", { class: colour, onclick }, text, make("span", { class: "unseen", text: ` ${nick}` }));
  row.ms = make("select", { "aria-label": `How long to mute ${nick}` }, ...DURATIONS.map(([text, value]) => make("option", { value, text })));
  row.ms.value = "300000";
  row.mute = button("Mute", "", () => act(row, { act: "mute", nick, ms: Number(row.ms.value) }));
  row.unmute = button("Unmute", "", () => act(row, { act: "unmute", nick }));
  row.kick = button("Kick", "bad-button", () => confirmKick(row));
  row.answer = make("p", { class: "answer", role: "status" });
  const pair = (name, value) => make("div", {}, make("dt", { text: name }), make("dd", {}, value));
  row.element = make(
    "li",
    { class: "user card", "data-nick": nick },
    make("div", { class: "user-name" }, row.avatar, make("strong", { class: "nick", text: nick }), row.state, row.left),
    make("dl", { class: "user-facts" }, pair("Address", row.address), pair("Rooms", row.rooms), pair("Joined", row.joined)),
    make("div", { class: "user-acts" }, row.ms, row.mute, row.unmute, row.kick),
    row.answer,
  );
  return row;
}

function update(row, user) {
  const [word, colour] = STATES[user.state] ?? [user.state, ""];
  say(row.state, word);
  row.state.className = `tag ${colour}`;
  row.until = user.muted_until ?? null;
  say(row.address, user.addr ?? "–");
  say(row.rooms, user.rooms.map((room) => `#${room}`).join(" ") || "–");
  say(row.joined, user.joined ? `${timeOfDay(user.joined)}, ${duration(Date.now() - user.joined, 1)} ago` : "–");
  row.joined.title = user.joined ? dateAndTime(user.joined) : "";
  row.unmute.hidden = !(user.state === "Muted" || user.muted_until);
  drawAvatar(row, user.avatar);
  tellTime(row);
}

function drawAvatar(row, avatar) {
  const key = JSON.stringify(avatar ?? null);
  if (row.avatarKey === key) return;
  row.avatarKey = key;
  const emoji = typeof avatar === "string" ? avatar : avatar?.Emoji;
  const file = avatar?.Picture?.file;
  if (file !== undefined) row.avatar.replaceChildren(make("img", { src: `/files/${file}/avatar`, alt: "", width: 32, height: 32 }));
  else say(row.avatar, emoji ?? [...row.nick][0].toUpperCase());
}

const tellTime = (row) => say(row.left, row.until ? `${duration(row.until - Date.now())} left` : "");

function tellTimes() {
  if (visible) rows.forEach(tellTime);
  tellMuted([...rows.values()].filter(({ until }) => until && until > Date.now()).length);
}

function confirmKick(row) {
  const dialog = find("kick-dialog");
  say(find("kick-nick"), row.nick);
  dialog.returnValue = "no";
  dialog.addEventListener("close", () => dialog.returnValue === "yes" && act(row, { act: "kick", nick: row.nick }), { once: true });
  dialog.showModal();
}

/** Asks for it, and shows the answer beneath the user, or above all when the user is gone. */
async function act(row, wish) {
  const done = { mute: `Muted for ${duration(wish.ms)}.`, unmute: "May talk again.", kick: `${row.nick} was thrown out.` }[wish.act];
  const answer = (text, colour) => {
    const place = row.element.isConnected ? row.answer : find("people-state");
    say(place, text);
    row.answer.className = `answer ${colour}`;
  };
  try {
    const told = await ask("/api/act", wish);
    await reload();
    if (told.done) answer(done, "good");
    else answer(`Refused: ${told.meaning ?? told.refused}`, "bad");
  } catch (wrong) {
    answer(wrong.message, "bad");
  }
}
