// What the rows of the client's table do, one thing each, by the words of the table.
// Each takes the client, the time, what the event is about, where actions go, and the alarm that the word carries.

import {
  askPage, askPages, dropConnection, followFrom, hold, pendingOf, placesInOrder, release, showEntry, takePage, trackOf,
} from "./order.js";
import { formOf, held, isRoom, placeKey, placeOf, sameName } from "./shapes.js";

// The requests that a server applies once, however often they are sent again under their number.
const APPLIED_ONCE = [
  "Wear", "Say", "Private", "Enter", "Leave", "Attach", "Cancel", "Quit", "Operate", "Mute", "Unmute", "Kick",
];

const show = (out, shown) => out.actions.push({ Show: shown });

export const effects = {
  Keep: (client, now, about) => client.queue.push(pendingOf(about.asked, "User")),
  KeepJoin: (client, now, about) => {
    client.wish = { ...about.wish };
  },
  KeepQuit: (client) => client.queue.push(pendingOf("Quit", "Quit")),
  KeepLogout: (client) => client.queue.push(pendingOf("Quit", "Logout")),

  Dial: (client, now, about, out) => out.actions.push("Dial"),
  StopDial: (client, now, about, out) => out.actions.push("StopDial"),
  // A pause of half to one and a half of a length that doubles with every attempt.
  PutOffDial: (client, now) => {
    const length = Math.min(client.bounds.pause_ms * 2 ** Math.min(client.pauses, 16), client.bounds.pause_longest_ms);
    client.pauses += 1;
    const jitter = Number(client.draw() % BigInt(length + 1));
    client.alarms.set("Retry", now + Math.floor(length / 2) + jitter);
  },
  HangUp: (client, now, about, out) => {
    out.actions.push("HangUp");
    dropConnection(client);
  },
  LetGo: (client) => dropConnection(client),

  SendJoin: (client, now, about, out) => {
    const { nick, token, avatar } = client.wish;
    client.opening = client.send({ Join: { nick, token, avatar } }, out);
  },
  SendResume: (client, now, about, out) => {
    const tracked = placesInOrder(client).map((place) => ({ place, track: client.places.get(placeKey(place)) }));
    const had = tracked.filter(({ place, track }) => !track.left && (track.last > 0 || isRoom(place)));
    const have = had.map(({ place, track }) => ({ place, number: track.last }));
    client.opening = client.send({ Resume: { token: client.wish.token, have } }, out);
  },
  SendPing: (client, now, about, out) => {
    client.send("Ping", out);
  },
  SendAgain: (client, now, about, out) => {
    for (const pending of client.queue) {
      pending.number = appliedOnce(pending) ? pending.number : null;
      if (pending.number !== null) {
        out.actions.push({ Send: { number: pending.number, request: pending.request } });
      }
    }
  },
  AskAfresh: (client) => takeForUnsent(client),
  SendWaiting: (client, now, about, out) => {
    // What has a number stands before what has none: the order of the queue is that of the wire.
    const sent = client.queue.filter((pending) => pending.number !== null);
    const waiting = client.queue.filter((pending) => pending.number === null);
    client.queue = [...sent, ...waiting];
    for (const pending of waiting.slice(0, Math.max(0, client.bounds.window - sent.length))) {
      pending.number = client.send(pending.request, out);
      const leaves = held(pending.request, "Leave")?.room;
      if (leaves !== undefined && client.places.has(placeKey({ Room: leaves }))) {
        pending.room = leaves;
      }
    }
  },

  TakeSeat: (client, now, about) => {
    const { nick, room, last } = about.seat.Welcome;
    seatIs(client, nick);
    client.places.forEach((track) => (track.last = 0));
    Object.assign(trackOf(client, { Room: room }), { last, left: false });
  },
  TakeSeatBack: (client, now, about) => {
    const { nick, rooms } = about.seat.Back;
    seatIs(client, nick);
    const still = (name) => rooms.some(({ room }) => room === name);
    keepPlaces(client, (place, track) => !isRoom(place) || (!track.left && still(place.Room)));
    for (const { room, last, since } of rooms) {
      // Its stay begins where the server says: it may not have heard yet that it went in, or in again. And a server
      // that lost its last messages in a power cut gives their numbers again.
      const track = trackOf(client, { Room: room });
      track.last = Math.min(Math.max(track.last, since), last);
    }
  },
  TakeLostSeat: (client, now, about) => {
    const { nick, rooms } = about.seat.Back;
    seatIs(client, nick);
    client.places.forEach((track) => (track.last = 0));
    // Its rooms have numbers of their own; history and what was missed in them come now.
    for (const { room, since } of rooms) {
      Object.assign(trackOf(client, { Room: room }), { last: since, left: false });
    }
  },
  // A new session is in the lobby only; the other rooms of the old one are asked for again.
  ReenterRooms: (client, now, about) => {
    const { room, rooms } = held(about.seat, "Welcome") ?? held(about.seat, "Back");
    const within = rooms === undefined ? [room] : rooms.map((still) => still.room);
    const others = placesInOrder(client).filter(
      (place) => isRoom(place) && !client.places.get(placeKey(place)).left && !within.includes(place.Room),
    );
    client.queue.unshift(...others.map((place) => pendingOf({ Enter: { room: place.Room } }, "User")));
  },
  LoseSeat: (client) => {
    client.seat = null;
    takeForUnsent(client);
  },
  ForgetSeat: (client) => {
    client.seat = null;
    client.wish = null;
    client.places.clear();
    client.pauses = 0;
  },
  FollowRoom: (client, now, about) => {
    const { room, last } = about.answer.Room;
    for (const pending of client.queue) {
      const leaves = held(pending.request, "Leave")?.room;
      if (pending.room === null && leaves !== undefined && leaves === held(about.pending.request, "Enter")?.room) {
        pending.room = room;
      }
    }
    followFrom(trackOf(client, { Room: room }), last);
  },
  NoteLeft: (client, now, about) => {
    const left = placeLeft(client, about.pending);
    if (left !== null && client.places.has(left)) {
      client.places.get(left).left = true;
    }
  },
  NoteAvatar: (client, now, about) => {
    if (client.wish !== null) {
      client.wish.avatar = about.pending.request.Wear.avatar;
    }
  },
  UnfollowRoom: (client, now, about) => {
    const left = placeLeft(client, about.pending);
    if (left !== null) {
      client.places.delete(left);
      client.queue = client.queue.filter((pending) => pending.whose !== left);
    }
  },

  ShowEntry: (client, now, about, out) => showEntry(client, about.place, about.entry, about.when, out),
  ShowRecalled: (client, now, about, out) => showEntry(client, about.place, about.entry, about.when, out),
  ShowOwn: (client, now, about, out) => {
    const { to, text } = about.pending.request.Private;
    const { number, at } = about.answer.Posted;
    const entry = { number, at, nick: client.seat, body: { Text: text } };
    showEntry(client, { With: to }, entry, "Live", out);
  },
  NoteShown: (client, now, about) => {
    client.queue[ownUnanswered(client, about.place, about.entry)].shown = true;
  },
  Hold: (client, now, about) => hold(client, about.place, about.entry, about.when),
  AskPage: (client, now, about, out) => askPage(client, about.place ?? placeOf(about.pending.whose), out),
  AskPages: (client, now, about, out) => askPages(client, out),
  TakePage: (client, now, about) => {
    takePage(client, placeOf(about.pending.whose), held(about.answer, "Page")?.entries ?? []);
  },
  Release: (client, now, about, out) => release(client, about.place ?? placeOf(about.pending.whose), out),

  TellWelcome: (client, now, about, out) => {
    const { nick, room, members } = about.seat.Welcome;
    show(out, { Welcome: { nick, room, members } });
  },
  TellBack: (client, now, about, out) => show(out, { Back: about.seat.Back }),
  TellRefusal: (client, now, about, out) => show(out, { Refused: about.seat.Refused }),
  TellAnswer: (client, now, about, out) => {
    show(out, { Answer: { request: about.pending.request, answer: about.answer } });
  },
  TellTooMany: (client, now, about, out) => show(out, { TooMany: { request: about.asked } }),
  TellAlready: (client, now, about, out) => show(out, "AlreadyJoined"),
  TellUnsure: (client, now, about, out) => giveBack(client, true, out),
  TellUnsent: (client, now, about, out) => giveBack(client, false, out),
  TellUnreachable: (client, now, about, out) => show(out, { Unreachable: { reason: about.failed ?? null } }),
  TellLost: (client, now, about, out) => show(out, "Lost"),
  TellRetry: (client, now, about, out) => {
    const at = client.alarms.get("Retry") ?? now;
    show(out, { Retry: { pause_ms: Math.max(0, at - now) } });
  },
  TellGoodbye: (client, now, about, out) => show(out, { Goodbye: { why: about.why } }),
  TellForeign: (client, now, about, out) => show(out, "Foreign"),
  TellOut: (client, now, about, out) => show(out, "Out"),

  Arm: (client, now, about, out, alarm) => {
    const { pause_ms, dial_ms, silence_ms, answer_ms, page_pause_ms } = client.bounds;
    if (alarm === "Silence" || alarm === "Answer") {
      client.heardSince = false;
    }
    const rings = {
      Retry: now + pause_ms,
      Dial: now + dial_ms,
      Silence: Math.max(client.heard + silence_ms, now + 1),
      Answer: now + answer_ms,
      Page: now + page_pause_ms,
    };
    client.alarms.set(alarm, rings[alarm]);
  },
};

// Whether a request is the user's wish to go.
export function goes(pending) {
  return pending.whose === "Quit" || pending.whose === "Logout";
}

// Whether the user has asked to enter a room.
export function enters(client, room) {
  return client.queue.some((pending) => sameName(held(pending.request, "Enter")?.room ?? "", room));
}

// Where the request is kept that said this private message, if it was sent and neither answered nor shown; else -1.
export function ownUnanswered(client, place, entry) {
  const said = held(entry.body, "Text");
  if (isRoom(place) || said === undefined || client.seat !== entry.nick) {
    return -1;
  }
  return client.queue.findIndex((pending) => {
    const asked = held(pending.request, "Private");
    return asked?.text === said && pending.number !== null && !pending.shown && sameName(asked.to, place.With);
  });
}

function appliedOnce(pending) {
  return APPLIED_ONCE.includes(formOf(pending.request));
}

function takeForUnsent(client) {
  client.queue.forEach((pending) => (pending.number = null));
}

function keepPlaces(client, keeps) {
  for (const [key, track] of [...client.places]) {
    if (!keeps(placeOf(key), track)) {
      client.places.delete(key);
    }
  }
}

function seatIs(client, nick) {
  client.seat = nick;
  // What was shown to another nick is of other conversations, which have numbers of their own.
  keepPlaces(client, (place, track) => isRoom(place) || track.own === nick);
  client.pauses = 0;
  if (client.wish !== null) {
    client.wish.nick = nick;
  }
}

// The key of the room that a request left. Only where `Hall` and `hall` are one room is it by another name than its own:
// when there was one of exactly the name that the user gave, it is that one and no other.
function placeLeft(client, pending) {
  const name = held(pending.request, "Leave")?.room;
  if (name === undefined) {
    return null;
  }
  if (pending.room !== null) {
    return placeKey({ Room: pending.room });
  }
  const left = placesInOrder(client).find((place) => isRoom(place) && sameName(place.Room, name));
  return left === undefined ? null : placeKey(left);
}

// Gives back what was sent and may have been applied, or all the rest.
function giveBack(client, unsure, out) {
  const goesNow = (pending) => !unsure || (pending.number !== null && appliedOnce(pending));
  const given = client.queue.filter(goesNow);
  client.queue = client.queue.filter((pending) => !goesNow(pending));
  for (const { whose, request } of given) {
    if (whose === "User") {
      show(out, { [unsure ? "Unsure" : "Unsent"]: { request } });
    }
  }
}
