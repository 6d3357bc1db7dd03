// What the rows of the client's table ask, by the words of the table. Asking changes nothing.

import { enters, goes, ownUnanswered } from "./effects.js";
import { isKnown, pageEndsHole } from "./order.js";
import { held, isRoom, placeKey, placeOf } from "./shapes.js";

export const guards = {
  Always: () => true,
  QueueFull: (client) => client.queue.length >= client.bounds.queue,
  JoinWanted: (client) => client.wish !== null,
  QuitWanted: (client) => client.queue.some(goes),
  HasSeat: (client) => client.seat !== null,
  MayReturn: (client, about) => about.why === "TooSlow" || about.why === "Stopping",
  RoomEntered: (client, about) => held(about.answer, "Room") !== undefined,
  RoomLeftForNow: (client, about) => guards.RoomLeft(client, about) && enters(client, about.pending.request.Leave.room),
  RoomLeft: (client, about) => about.answer === "Done" && held(about.pending.request, "Leave") !== undefined,
  AvatarTaken: (client, about) => about.answer === "Done" && held(about.pending.request, "Wear") !== undefined,
  PrivateTaken: (client, about) =>
    held(about.answer, "Posted") !== undefined &&
    held(about.pending.request, "Private") !== undefined &&
    !about.pending.shown,
  KnownAlready: (client, about) => {
    const track = client.places.get(placeKey(about.place));
    return track !== undefined && isKnown(track, about.place, about.entry, about.when);
  },
  OwnUnanswered: (client, about) => ownUnanswered(client, about.place, about.entry) >= 0,
  HoldFull: (client, about) => (holeAt(client, about)?.size ?? 0) >= client.bounds.held,
  HoleOpen: (client, about) => holeAt(client, about) !== null,
  HoleBefore: (client, about) => {
    const track = client.places.get(placeKey(about.place));
    return isRoom(about.place) && track !== undefined && about.entry.number > track.last + 1;
  },
  PageEndsHole: (client, about) => {
    const page = held(about.answer, "Page");
    const track = client.places.get(placeKey(placeAbout(about)));
    return page === undefined || track === undefined || pageEndsHole(track, page.entries, page.more);
  },
  AskedTooFast: (client, about) => held(about.answer, "Refused")?.no === "AsksTooFast",
  HeardSince: (client) => client.heardSince,
};

// The place that an event is about: that of a message, or of a hole for which a page came.
function placeAbout(about) {
  return about.place ?? placeOf(about.pending.whose);
}

function holeAt(client, about) {
  return client.places.get(placeKey(placeAbout(about)))?.hole ?? null;
}

