// What the user knows of the chat, from what the machine shows. Owns no element and sends nothing by itself: whoever
// shows it listens, and what it wants to ask goes to `ask`.

import { People } from "./people.js";
import { PlaceModel } from "./place.js";
import { formOf, held, placeKey, sameName } from "./shapes.js";

export class Model {
  constructor(protocol, ask) {
    this.protocol = protocol;
    this.ask = ask;
    this.me = null;
    // Where the connection stands: { state: "out" | "dialing" | "in" | "lost", retryAt, why }.
    this.connection = { state: "out", retryAt: null };
    this.places = new Map();
    this.people = new People(this);
    this.rooms = [];
    this.mutedUntil = 0;
    this.mutedWhy = "";
    this.listeners = new Map();
    this.uploads = null;
    // Up to where places were read before this page was loaded again, by their key.
    this.reads = {};
    // The room that the user asked to enter last, and wants to see.
    this.wished = null;
  }

  on(event, listener) {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }

  tell(event, ...details) {
    for (const listener of this.listeners.get(event) ?? []) {
      listener(...details);
    }
  }

  // The place, which begins if there is none.
  at(place) {
    const key = placeKey(place);
    let known = this.places.get(key);
    if (known === undefined) {
      known = new PlaceModel(place);
      known.read = this.reads[key] ?? known.read;
      this.places.set(key, known);
      this.tell("places");
    }
    return known;
  }

  personOf(nick) {
    return this.people.of(nick);
  }

  isMe(nick) {
    return nick === this.me;
  }

  // Why something was refused, as a sentence for people.
  meaning(no) {
    return this.protocol.no[no] ?? no;
  }

  setConnection(connection) {
    this.connection = { retryAt: null, ...connection };
    this.tell("connection");
  }

  // What the machine shows the user.
  shown(shown) {
    const form = formOf(shown);
    const value = typeof shown === "string" ? null : shown[form];
    this[`on${form}`](value);
  }

  onWelcome({ nick, room, members }) {
    const again = this.connection.state === "lost";
    this.me = nick;
    this.mutedUntil = 0;
    this.mutedWhy = "";
    for (const place of this.places.values()) {
      place.members.clear();
      if (!again) {
        Object.assign(place, { joined: !place.isRoom, items: [], hasOlder: true, unread: 0 });
      }
    }
    const lobby = this.enter(room);
    members.forEach((member) => this.people.meet(lobby, member));
    this.people.meet(lobby, { nick, state: "Member", avatar: this.personOf(nick).avatar });
    this.setConnection({ state: "in" });
    this.tell("seat", { fresh: !again });
    this.tell("reset");
  }

  onBack({ nick, muted_ms, rooms }) {
    const fresh = this.connection.state !== "lost";
    this.me = nick;
    this.mute(muted_ms ?? 0);
    const still = rooms.map(({ room }) => room);
    for (const place of this.places.values()) {
      place.joined = !place.isRoom || still.includes(place.name);
    }
    still.forEach((room) => this.enter(room));
    this.setConnection({ state: "in" });
    this.tell("seat", { fresh });
  }

  onRefused({ no, wait_ms }) {
    this.me = null;
    this.setConnection({ state: "out" });
    this.tell("refused", { no, wait_ms });
  }

  onEntry({ place, entry, when }) {
    const known = this.at(place);
    const live = when === "Live";
    const item = { number: entry.number, at: entry.at, nick: entry.nick, body: entry.body };
    const form = formOf(entry.body);
    if (when.Past !== "History") {
      this.people.follow(known, entry, live);
    } else {
      this.people.recall(entry);
    }
    if (form === "Text" && this.isMe(entry.nick) && when.Past !== "History") {
      this.arrived(known, entry);
    }
    const at = known.insert(item);
    if (at < 0) {
      return;
    }
    const spoken = form === "Text" || form === "Attached";
    if (spoken && when.Past !== "History" && !this.isMe(entry.nick) && !known.isRead(item)) {
      known.unread += 1;
      this.tell("unread", known);
    }
    this.tell("item", known, at, { live, fresh: spoken && when.Past !== "History" && !known.isRead(item) });
  }

  // `why` is what is known of the reason; of a mute that runs already it stays what it was.
  mute(ms, why = "") {
    this.mutedWhy = this.mutedFor() > 0 ? this.mutedWhy : why;
    this.mutedUntil = ms > 0 ? performance.now() + ms : 0;
    this.tell("muted");
  }

  mutedFor() {
    return Math.max(0, this.mutedUntil - performance.now());
  }

  onGap({ place, missing }) {
    const known = this.at(place);
    const last = known.items.at(-1);
    const at = known.insert({ number: (last?.number ?? 0) + 0.5, at: last?.at ?? 0, missing });
    this.tell("item", known, at, { live: true, fresh: false });
  }

  onAnswer({ request, answer }) {
    const form = formOf(request);
    const refused = held(answer, "Refused");
    if (form === "Say" || form === "Private") {
      this.answeredText(request, answer, refused);
    } else if (form === "Attach" || form === "Chunk" || form === "Cancel") {
      this.uploads?.answered(request, answer);
    } else if (form === "History") {
      this.answeredHistory(request.History, answer);
    } else if (refused !== undefined && !(form === "Who" || form === "Rooms")) {
      if (form === "Enter" && refused.no !== "InRoom") {
        this.left(request.Enter.room);
      }
      this.tell("refusal", { request, ...refused });
    } else if (form === "Enter") {
      const known = this.enter(answer.Room.room);
      if (request.Enter.room === this.wished) {
        this.wished = null;
        this.tell("entered", known);
      }
    } else if (form === "Leave") {
      this.left(request.Leave.room);
    } else if (form === "Who" && refused === undefined) {
      const { room } = request.Who;
      this.people.listed(room === null ? null : this.at({ Room: room }), answer.Members);
    } else if (form === "Rooms" && refused === undefined) {
      this.rooms = answer.Rooms;
      this.tell("rooms");
    } else if (form === "Wear") {
      this.people.set(this.me, { avatar: request.Wear.avatar === null ? null : { Emoji: request.Wear.avatar } });
    }
  }

  answeredText(request, answer, refused) {
    const { place, text } = textOf(request);
    const known = this.at(place);
    const posted = held(answer, "Posted");
    const pending = known.underWay(text);
    if (posted !== undefined) {
      const waits = posted.waits ? "waits" : null;
      const item = known.items.findLast((other) => other.number === posted.number && other.at === posted.at);
      if (item !== undefined && waits !== null) {
        item.waits = true;
        this.tell("changed", known, item);
      } else if (item === undefined && pending !== undefined) {
        // Its message is still to come, with what was missed.
        pending.number = posted.number;
      }
      if (posted.slow_down) {
        this.tell("slowDown", known);
      }
    } else if (refused !== undefined) {
      if (refused.no === "Muted" && refused.wait_ms !== null) {
        this.mute(refused.wait_ms, "for talking too fast");
      }
      this.failText(known, pending, `Not sent. ${this.meaning(refused.no)}`);
    }
  }

  // A message of the user's own is among the messages: it is under way no more.
  arrived(known, { number, body }) {
    const answered = known.pending.find((pending) => pending.number === number && pending.text === body.Text);
    const pending = answered ?? known.underWay(body.Text);
    if (pending !== undefined) {
      known.drop(pending);
      this.tell("pending", known);
    }
  }

  failText(known, pending, reason) {
    if (pending !== undefined) {
      Object.assign(pending, { state: "failed", reason, number: null });
      this.tell("pending", known);
      this.tell("failed", known, reason);
    }
  }

  answeredHistory({ place, before }, answer) {
    const known = this.at(place);
    known.loading = false;
    const page = held(answer, "Page");
    known.hasOlder = page?.more ?? known.hasOlder;
    const older = (page?.entries ?? []).filter(({ number }) => before === null || number < before);
    const put = older.filter(({ number, at, nick, body }) => known.insert({ number, at, nick, body }) >= 0);
    this.tell("history", known, put.length);
  }

  enter(room) {
    const known = this.at({ Room: room });
    known.joined = true;
    this.tell("places");
    this.ask({ Who: { room } });
    return known;
  }

  // The user wants to enter a room, and see it.
  wish(room) {
    this.wished = room;
    this.ask({ Enter: { room } });
  }

  left(room) {
    const known = [...this.places.values()].find((place) => place.isRoom && sameName(place.name, room));
    if (known !== undefined) {
      known.joined = false;
      if (known.pending.length === 0) {
        this.places.delete(known.key);
      }
      this.tell("left", known);
      this.tell("places");
    }
  }

  onTooMany({ request }) {
    this.givenBack(request, "Not sent. Too much waits already.");
  }

  onUnsent({ request }) {
    this.givenBack(request, "Not sent.");
  }

  onUnsure({ request }) {
    this.givenBack(request, "It is not known whether it arrived.");
  }

  // A request that will not be answered any more. Nothing that was typed is lost with it.
  givenBack(request, reason) {
    const form = formOf(request);
    if (form === "Say" || form === "Private") {
      const { place, text } = textOf(request);
      const known = this.at(place);
      this.failText(known, known.underWay(text), reason);
    } else if (form === "Attach" || form === "Chunk") {
      this.uploads?.givenBack(request, reason);
    } else if (form === "History") {
      Object.assign(this.at(request.History.place), { loading: false });
    }
  }

  onAlreadyJoined() {}

  onUnreachable({ reason }) {
    this.tell("unreachable", reason);
  }

  onLost() {
    this.setConnection({ state: "lost" });
  }

  onRetry({ pause_ms }) {
    this.setConnection({ state: "lost", retryAt: performance.now() + pause_ms });
  }

  onGoodbye({ why }) {
    this.setConnection({ state: "lost" });
    // The sentence is told to others, too: here it is about who reads it.
    const told = (this.protocol.why[why] ?? why).replace(/\bThe user\b/, "You").replace(/\bthe user\b/, "you");
    this.tell("goodbye", told);
  }

  onForeign() {
    this.tell("goodbye", this.protocol.why.Foreign);
  }

  onOut() {
    this.me = null;
    this.setConnection({ state: "out" });
    this.tell("out");
  }

  // Says something. It is shown as under way until the server says otherwise.
  say(known, text) {
    known.addPending(text);
    this.tell("pending", known);
    this.ask(known.isRoom ? { Say: { room: known.name, text } } : { Private: { to: known.name, text } });
  }

  sayAgain(known, pending) {
    known.drop(pending);
    this.say(known, pending.text);
  }

  // Asks for what was said before what is known of a place.
  loadOlder(known) {
    if (known.loading || !known.hasOlder || this.connection.state !== "in" || !known.joined) {
      return;
    }
    known.loading = true;
    const limit = this.protocol.client.page_entries;
    this.ask({ History: { place: known.place, before: known.oldestNumber(), limit } });
    this.tell("loading", known);
  }

  markRead(known) {
    const last = known.items.at(-1);
    if (last !== undefined) {
      known.read = [last.at, last.number];
    }
    if (known.unread > 0) {
      known.unread = 0;
      this.tell("unread", known);
    }
    this.tell("read");
  }
}

// Where a request says what.
function textOf(request) {
  const said = held(request, "Say");
  const whispered = held(request, "Private");
  return said === undefined
    ? { place: { With: whispered.to }, text: whispered.text }
    : { place: { Room: said.room }, text: said.text };
}

