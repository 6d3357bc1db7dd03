// What was shown of each room and conversation, and what is held back until the messages before it are there.

import { compareTexts, formOf, isRoom, nameOf, placeKey, placeOf } from "./shapes.js";

// The places in the order of the server: rooms before conversations, each by name.
export function placesInOrder(client) {
  const order = (a, b) => compareTexts(formOf(a), formOf(b)) || compareTexts(nameOf(a), nameOf(b));
  return [...client.places.keys()].map(placeOf).sort(order);
}

// The track of a place, which begins if there is none; the one that rested longest makes place.
// `last` is the number of the last message of this session; `shown` time and number of the last one of any session;
// `hole` holds the messages after a gap that is being filled; `left` says that the room was left and is to be entered
// again; `own` is the user's nick when it began, for a conversation is that of two nicks.
export function trackOf(client, place) {
  const key = placeKey(place);
  let track = client.places.get(key);
  if (track === undefined) {
    if (client.places.size >= client.bounds.places) {
      client.places.delete(restedLongest(client));
    }
    track = { last: 0, shown: [0, 0], hole: null, left: false, own: client.seat };
    client.places.set(key, track);
  }
  return track;
}

function restedLongest(client) {
  let oldest = null;
  for (const place of placesInOrder(client)) {
    const key = placeKey(place);
    const rested = [isRoom(place) ? 1 : 0, ...client.places.get(key).shown];
    if (oldest === null || compareNumbers(rested, oldest.rested) < 0) {
      oldest = { key, rested };
    }
  }
  return oldest.key;
}

function compareNumbers(a, b) {
  const at = a.findIndex((number, index) => number !== b[index]);
  return at < 0 ? 0 : a[at] - b[at];
}

// The room goes on after this number; what is held back from before it comes with the history.
export function followFrom(track, last) {
  track.left = false;
  track.last = Math.max(track.last, last);
  if (track.hole !== null) {
    track.hole = new Map([...track.hole].filter(([number]) => number > track.last));
    track.hole = track.hole.size === 0 ? null : track.hole;
  }
}

function see(track, place, entry, when) {
  const seen = [entry.at, entry.number];
  const newer = compareNumbers(seen, track.shown) > 0;
  track.shown = newer ? seen : track.shown;
  if (when.Past !== "History") {
    // A server that lost its last messages in a power cut gives their numbers again. Of a room it says so to who
    // returns; of a conversation only the time shows it.
    track.last = newer && !isRoom(place) ? entry.number : Math.max(track.last, entry.number);
  }
}

// Whether a message was shown or is held back.
export function isKnown(track, place, entry, when) {
  if (when.Past === "History" || !isRoom(place)) {
    return compareNumbers([entry.at, entry.number], track.shown) <= 0;
  }
  return entry.number <= track.last || (track.hole?.has(entry.number) ?? false);
}

// Whether nothing more is to be had by asking for another page.
export function pageEndsHole(track, entries, more) {
  if (entries.length === 0 || track.hole === null) {
    return true;
  }
  const first = entries[0].number;
  return !more || first <= track.last + 1 || first >= firstHeld(track);
}

function firstHeld(track) {
  return track.hole === null ? null : Math.min(...track.hole.keys());
}

export function showEntry(client, place, entry, when, out) {
  see(trackOf(client, place), place, entry, when);
  out.actions.push({ Show: { Entry: { place, entry, when } } });
}

export function hold(client, place, entry, when) {
  const track = trackOf(client, place);
  track.hole ??= new Map();
  track.hole.set(entry.number, { entry, when });
}

// Holds back what the page brings of the hole.
export function takePage(client, place, entries) {
  const track = client.places.get(placeKey(place));
  if (track === undefined || track.hole === null) {
    return;
  }
  const first = firstHeld(track);
  for (const entry of entries) {
    if (track.last < entry.number && entry.number < first) {
      track.hole.set(entry.number, { entry, when: { Past: "Missed" } });
    }
  }
}

// Asks for the page before what is held back.
export function askPage(client, place, out) {
  if (!isRoom(place)) {
    return;
  }
  const track = client.places.get(placeKey(place));
  const before = track === undefined ? null : firstHeld(track);
  const request = { History: { place, before, limit: client.bounds.page_entries } };
  const number = client.send(request, out);
  client.queue.push({ ...pendingOf(request, holeOf(place)), number });
}

// Asks for the pages of all holes for which none is under way.
export function askPages(client, out) {
  const asked = (place) => client.queue.some((pending) => pending.whose === holeOf(place));
  const open = (place) => client.places.get(placeKey(place)).hole !== null;
  for (const place of placesInOrder(client).filter((place) => open(place) && !asked(place))) {
    askPage(client, place, out);
  }
}

// Shows what was held back, in order, and says what is missing.
export function release(client, place, out) {
  client.queue = client.queue.filter((pending) => pending.whose !== holeOf(place));
  const track = trackOf(client, place);
  const waiting = [...(track.hole ?? [])].sort(([a], [b]) => a - b);
  track.hole = null;
  for (const [number, { entry, when }] of waiting) {
    const missing = Math.max(0, number - (trackOf(client, place).last + 1));
    if (missing > 0) {
      out.actions.push({ Show: { Gap: { place, missing } } });
    }
    showEntry(client, place, entry, when, out);
  }
}

// Forgets what was held back on a connection that ends: after returning the server sends it again.
export function dropConnection(client) {
  client.opening = null;
  client.queue = client.queue.filter((pending) => !pending.whose.includes(":"));
  for (const track of client.places.values()) {
    track.hole = null;
  }
}

// A request that waits to be sent.
export function pendingOf(request, whose) {
  return { number: null, request, whose, shown: false, room: null };
}

// Who waits for the pages that fill the hole of a place.
export function holeOf(place) {
  return placeKey(place);
}
