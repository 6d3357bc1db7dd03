// The client's machine: runs the client's table, which the server hands out, over one user's connection.
// Owns the state, what was asked and not answered, and the alarms. Opens no socket, reads no clock, and draws chance from
// its seed only: the same inputs at the same times bring the same actions as the machine of the server's own clients.

import { effects } from "./effects.js";
import { guards } from "./guards.js";
import { formOf } from "./shapes.js";

// What each alarm rings as, in the order in which those ring that are due at the same time.
const ALARMS = { Retry: "RetryDue", Dial: "DialOver", Silence: "Silent", Answer: "Overdue", Page: "PageDue" };
const CONNECTED = ["Ready", "Joining", "Joined", "Resuming"];
const DIALS = ["Dialing", "Redialing"];

export class Client {
  // `spec` is what protocol.json holds; the seed decides the jitter of the pauses and nothing else.
  constructor(spec, seed) {
    this.bounds = spec.client;
    this.state = spec.client.initial;
    this.chance = BigInt.asUintN(64, BigInt(seed));
    this.nextNumber = 1;
    // Requests that are kept until they are answered: { number, request, whose, shown, room }.
    this.queue = [];
    // What to ask for on the next connection: { nick, token, avatar }.
    this.wish = null;
    // The nick that the server gave, until the session is over.
    this.seat = null;
    // The number of the join or return under way.
    this.opening = null;
    // What was shown of each place, by its key: see order.js.
    this.places = new Map();
    this.alarms = new Map();
    this.heard = 0;
    this.heardSince = false;
    this.pauses = 0;
  }

  // Takes one input at a time in milliseconds, after the alarms that fell due before it; says what is to be done, and
  // which rows asked for it. What a connection brings that was given up already is passed over.
  step(now, input) {
    const out = { actions: [], fired: [] };
    for (let alarm = this.due(now); alarm !== null; alarm = this.due(now)) {
      this.alarms.delete(alarm);
      this.fire(now, ALARMS[alarm], {}, out);
    }
    const form = formOf(input);
    const value = typeof input === "string" ? null : input[form];
    switch (form) {
      case "Ask":
        this.fire(now, "Ask", { asked: value }, out);
        break;
      case "Join":
        this.fire(now, "AskJoin", { wish: { nick: value.nick, token: value.token, avatar: value.avatar } }, out);
        break;
      case "Quit":
      case "Logout":
      case "Close":
        this.fire(now, `Ask${form}`, {}, out);
        break;
      case "Opened":
        if (this.dials()) {
          this.heard = now;
          this.fire(now, form, {}, out);
        }
        break;
      case "DialFailed":
        if (this.dials()) {
          this.fire(now, form, { failed: value.reason }, out);
        }
        break;
      case "Lost":
      case "Foreign":
        if (this.connected()) {
          this.fire(now, form, {}, out);
        }
        break;
      case "Heard":
        if (this.connected()) {
          this.hear(now, value, out);
        }
        break;
      case "Wake":
        break;
      default:
        throw new Error(`no input is called ${form}`);
    }
    return out;
  }

  // When to step with "Wake" at the latest; null for never.
  wakeAt() {
    return this.alarms.size === 0 ? null : Math.min(...this.alarms.values());
  }

  connected() {
    return CONNECTED.includes(this.state);
  }

  dials() {
    return DIALS.includes(this.state);
  }

  due(now) {
    let first = null;
    for (const alarm of Object.keys(ALARMS)) {
      const at = this.alarms.get(alarm);
      if (at !== undefined && at <= now && (first === null || at < this.alarms.get(first))) {
        first = alarm;
      }
    }
    return first;
  }

  hear(now, message, out) {
    this.heard = now;
    this.heardSince = true;
    const form = formOf(message);
    const value = message[form];
    switch (form) {
      case "Answer": {
        const [event, about] = this.answered(value.number, value.answer);
        this.fire(now, event, about, out);
        break;
      }
      case "Live":
        this.fire(now, "Told", { place: value.place, entry: value.entry, when: "Live" }, out);
        break;
      case "Earlier":
        for (const entry of value.entries) {
          const event = value.past === "History" ? "Recalled" : "Told";
          this.fire(now, event, { place: value.place, entry, when: { Past: value.past } }, out);
        }
        break;
      case "Ping":
        this.fire(now, "Pinged", {}, out);
        break;
      case "Goodbye":
        this.fire(now, "Dismissed", { why: value.why }, out);
        break;
      default:
        throw new Error(`no message is called ${form}`);
    }
  }

  // Which event an answer is: that depends on who waits for its number. What is answered is kept no longer.
  answered(number, answer) {
    const form = formOf(answer);
    const joining = this.state === "Joining";
    if (this.opening !== null && this.opening === number) {
      let event = null;
      if (form === "Welcome" && joining) {
        event = "Welcomed";
      } else if (form === "Back") {
        event = "WelcomedBack";
      } else if (form === "Refused") {
        event = joining ? "JoinRefused" : "ReturnRefused";
      } else {
        return ["Stray", {}];
      }
      this.opening = null;
      return [event, { seat: answer }];
    }
    const at = this.queue.findIndex((pending) => pending.number === number);
    if (at < 0) {
      return ["Stray", {}];
    }
    const event = eventOfAnswer(this.queue[at].whose, form);
    if (event === "Stray") {
      return [event, {}];
    }
    const [pending] = this.queue.splice(at, 1);
    return [event, { pending, answer }];
  }

  rows(state, event) {
    return this.bounds.cells[state]?.[event] ?? [];
  }

  // Runs the first row of the cell whose guard holds: its effects in order, then the move.
  fire(now, event, about, out) {
    const rows = this.rows(this.state, event);
    const row = rows.findIndex(([guard]) => guards[guard](this, about));
    if (row < 0) {
      throw new Error(`${event} cannot come to pass in ${this.state}`);
    }
    out.fired.push({ at: now, state: this.state, event, row });
    const [, todo, next] = rows[row];
    for (const effect of todo) {
      const [, word, carried] = /^(\w+)(?:\((\w+)\))?$/.exec(effect);
      effects[word](this, now, about, out, carried);
    }
    if (next !== null) {
      this.state = next;
      // An alarm is dropped where it cannot ring.
      for (const alarm of [...this.alarms.keys()]) {
        if (this.rows(next, ALARMS[alarm]).length === 0) {
          this.alarms.delete(alarm);
        }
      }
    }
  }

  // The next number; it rises over all that is sent, so that the server can tell what it passed before.
  number() {
    const number = this.nextNumber;
    this.nextNumber += 1;
    return number;
  }

  send(request, out) {
    const number = this.number();
    out.actions.push({ Send: { number, request } });
    return number;
  }

  // The next number of splitmix64.
  draw() {
    const wrap = (value) => BigInt.asUintN(64, value);
    this.chance = wrap(this.chance + 0x9e3779b97f4a7c15n);
    let z = this.chance;
    z = wrap((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = wrap((z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  }
}

// Which event an answer of that form is to who waits for it: "User", "Quit", "Logout", or the place of a hole.
function eventOfAnswer(whose, form) {
  if (whose === "User") {
    return "Answered";
  }
  if (whose === "Logout" && form === "Done") {
    return "LogoutDone";
  }
  if (whose === "Quit" || whose === "Logout") {
    return "QuitDone";
  }
  return { Page: "PageCame", Refused: "PageRefused" }[form] ?? "Stray";
}
