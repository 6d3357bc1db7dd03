// Carries the client's machine: gives it what happens on its websocket and on the clock, and does what it says.
// Decides nothing itself.

import { Client } from "./machine.js";
import { formOf, held } from "./shapes.js";

const SUBPROTOCOL = "hobnob.1.json";
// More than a page asks after it last wrote down how far its numbers go.
const NUMBERS_APART = 10_000;
const MESSAGES = ["Answer", "Live", "Earlier", "Ping", "Goodbye"];

export class Link {
  // `show` is told what the user is to see.
  constructor(protocol, url, show) {
    const seed = crypto.getRandomValues(new BigUint64Array(1))[0];
    this.client = new Client(protocol, seed);
    // A session that outlives this page remembers the numbers of the requests before: those of the next page go on.
    this.client.nextNumber = Date.now();
    this.url = url;
    this.show = show;
    this.socket = null;
    this.timer = null;
    // What is to be done, in the order in which the machine said it.
    this.todo = [];
    this.busy = false;
  }

  // Numbers what is asked above what the page before this one asked, even where the clock was put back.
  goOnFrom(number) {
    this.client.nextNumber = Math.max(this.client.nextNumber, (number ?? 0) + NUMBERS_APART);
  }

  // Gives the machine an input, and does what it asks for.
  input(value) {
    this.todo.push(...this.client.step(now(), value).actions);
    if (this.busy) {
      // Who is shown something may ask something at once: that is sent after what was said before.
      return;
    }
    this.busy = true;
    try {
      while (this.todo.length > 0) {
        this.perform(this.todo.shift());
      }
    } finally {
      this.busy = false;
    }
    clearTimeout(this.timer);
    const at = this.client.wakeAt();
    if (at !== null) {
      this.timer = setTimeout(() => this.input("Wake"), Math.max(0, at - now()));
    }
  }

  ask(request) {
    this.input({ Ask: request });
  }

  perform(action) {
    switch (formOf(action)) {
      case "Dial":
        this.dial();
        break;
      case "StopDial":
      case "HangUp":
        this.forget();
        break;
      case "Send":
        this.socket?.send(JSON.stringify(action.Send));
        break;
      case "Show":
        this.show(action.Show);
        break;
    }
  }

  dial() {
    this.forget();
    const socket = new WebSocket(this.url, [SUBPROTOCOL]);
    this.socket = socket;
    let open = false;
    // What comes from a socket that was given up concerns nobody.
    const mine = (heard) => (event) => this.socket === socket && heard(event);
    socket.onopen = mine(() => {
      open = true;
      this.input("Opened");
    });
    socket.onmessage = mine(({ data }) => this.hear(data));
    socket.onclose = mine(({ reason }) => {
      this.socket = null;
      this.input(open ? "Lost" : { DialFailed: { reason: reason || "no connection" } });
    });
  }

  hear(data) {
    const message = understood(data);
    if (message === null) {
      this.input("Foreign");
    } else {
      this.input({ Heard: message });
    }
  }

  forget() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }
}

// The message that some text is; null for none.
function understood(data) {
  try {
    const message = JSON.parse(data);
    const form = formOf(message);
    const whole = message === "Ping" || typeof held(message, form) === "object";
    return MESSAGES.includes(form) && whole ? message : null;
  } catch {
    return null;
  }
}

// A time in milliseconds that never runs backwards, whatever is done to the clock.
function now() {
  return Math.floor(performance.timeOrigin + performance.now());
}

// A fresh resume token, as messages carry it.
export function freshToken() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)));
}

export function tokenHex(token) {
  return token.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
