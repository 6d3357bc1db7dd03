// Who is there: state and avatar of everybody, and who is in which room.

import { formOf, held, same } from "./shapes.js";

const UNKNOWN = { state: null, avatar: null };

export class People {
  // `model` is told when something changed.
  constructor(model) {
    this.model = model;
    this.byNick = new Map();
  }

  of(nick) {
    return this.byNick.get(nick) ?? UNKNOWN;
  }

  set(nick, what) {
    this.put(nick, { ...this.of(nick), ...what });
    this.model.tell("members");
  }

  put(nick, person) {
    const before = this.of(nick).avatar;
    this.byNick.set(nick, person);
    if (!same(before, person.avatar)) {
      this.model.tell("avatar", nick);
    }
  }

  // Somebody is in a room.
  meet(known, { nick, state, avatar }) {
    known.members.add(nick);
    this.set(nick, { state, avatar });
  }

  // What an entry says of people, as it happens or because it was missed.
  follow(known, { nick, at, body }, live) {
    const form = formOf(body);
    const value = typeof body === "string" ? null : body[form];
    switch (form) {
      case "Joined":
      case "Entered":
        this.meet(known, { nick, state: "Member", avatar: value });
        break;
      case "Left":
        this.model.places.forEach((place) => place.members.delete(nick));
        // A picture goes with its owner.
        this.set(nick, { state: null, avatar: held(this.of(nick).avatar, "Picture") === undefined ? this.of(nick).avatar : null });
        break;
      case "LeftRoom":
        known.members.delete(nick);
        this.model.tell("members");
        break;
      case "Muted":
        this.set(nick, { state: "Muted" });
        if (live && this.model.isMe(nick)) {
          this.model.mute(value.until - at, "by an operator");
        }
        break;
      case "Unmuted":
        this.set(nick, { state: "Member" });
        if (this.model.isMe(nick)) {
          this.model.mute(0);
        }
        break;
      case "Avatar":
        this.set(nick, { avatar: value });
        break;
      case "Text":
      case "Attached":
        // Who speaks is back; nobody tells of it otherwise.
        if (live && this.of(nick).state === "Detached") {
          this.set(nick, { state: "Member" });
        }
        break;
    }
  }

  // What an entry from before tells of somebody of whom nothing else is known.
  recall({ nick, body }) {
    if (formOf(body) === "Joined" && !this.byNick.has(nick)) {
      this.put(nick, { state: null, avatar: body.Joined });
    }
  }

  // The server says who is in a room, or, without one, in all of the chat.
  listed(known, members) {
    const there = new Set(members.map(({ nick }) => nick));
    if (known === null) {
      for (const nick of this.byNick.keys()) {
        if (!there.has(nick)) {
          this.byNick.set(nick, { ...this.of(nick), state: null });
        }
      }
    } else {
      known.members = there;
    }
    for (const { nick, state, avatar } of members) {
      this.put(nick, { state, avatar });
    }
    this.model.tell("members");
  }
}
