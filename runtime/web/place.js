// What is known of one room or conversation: its messages in order, what was written and not yet sent, and who is there.

import { isRoom, nameOf, placeKey } from "./shapes.js";

// How many messages are remembered of one place; older ones are asked for again when they are wished for.
const KEPT_MAX = 5_000;

let drafts = 0;

export class PlaceModel {
  constructor(place) {
    this.place = place;
    this.key = placeKey(place);
    this.name = nameOf(place);
    this.isRoom = isRoom(place);
    // Whether the user is in it; a conversation has no door.
    this.joined = true;
    // What was said and what happened, oldest first: { number, at, nick, body } or { number, at, missing }.
    this.items = [];
    // What the user wrote that is not among the messages yet: { id, text, state, reason, number, upload }.
    this.pending = [];
    // The nicks of those in a room.
    this.members = new Set();
    this.unread = 0;
    // Time and number of the last message that was read.
    this.read = [0, 0];
    this.hasOlder = true;
    this.loading = false;
  }

  // Puts an item where it belongs; says where that is, or -1 if it is there already.
  insert(item) {
    let at = this.items.length;
    while (at > 0 && compareItems(this.items[at - 1], item) > 0) {
      at -= 1;
    }
    if (at > 0 && compareItems(this.items[at - 1], item) === 0 && item.missing === undefined) {
      return -1;
    }
    this.items.splice(at, 0, item);
    return at;
  }

  // Forgets the oldest messages above the bound; says how many.
  trim() {
    const many = Math.max(0, this.items.length - KEPT_MAX);
    this.items.splice(0, many);
    this.hasOlder ||= many > 0;
    return many;
  }

  isRead(item) {
    return item.at < this.read[0] || (item.at === this.read[0] && item.number <= this.read[1]);
  }

  // The number below which older messages are to be asked for.
  oldestNumber() {
    return this.items.find((item) => item.missing === undefined)?.number ?? null;
  }

  addPending(text, upload = null) {
    drafts += 1;
    const pending = { id: drafts, text, state: "sending", reason: null, number: null, upload };
    this.pending.push(pending);
    return pending;
  }

  drop(pending) {
    this.pending = this.pending.filter((other) => other !== pending);
  }

  // The first text under way that is this one.
  underWay(text) {
    return this.pending.find((pending) => pending.state === "sending" && pending.text === text);
  }
}

function compareItems(a, b) {
  return a.at - b.at || a.number - b.number;
}
