// The side bar with rooms, conversations and oneself, and the list of who is in a room.

import { avatarOf } from "./avatars.js";
import { byId, h, iconButton } from "./dom.js";

const STATES = { Muted: "muted", Detached: "away" };
// How many members are listed; the rest is counted.
const LISTED_MAX = 200;

const byName = (a, b) => a.name.localeCompare(b.name);

// What each element was filled with last, as a text: who is about to click twice is not to lose the button.
const filled = new WeakMap();

// Fills an element anew if it is to show something else, and leaves the focus on what stands for the same thing.
function refill(element, shown, build) {
  const text = JSON.stringify(shown);
  if (filled.get(element) === text) {
    return;
  }
  filled.set(element, text);
  const children = build();
  const key = element.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  element.replaceChildren(...children.filter((child) => child !== null));
  if (key !== undefined) {
    element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }
}

export class Sidebar {
  constructor(model, scene) {
    this.model = model;
    this.scene = scene;
  }

  fill() {
    const places = [...this.model.places.values()];
    const rooms = places.filter((place) => place.isRoom && (place.joined || place.pending.length > 0)).sort(byName);
    const talks = places.filter((place) => !place.isRoom).sort(byName);
    const line = (place) => [place.key, place.unread, this.scene.panes.isShown(place), this.model.personOf(place.name).avatar];
    const me = this.model.me ?? "";
    const shown = [rooms.map(line), talks.map(line), this.model.connection.state, me, this.model.personOf(me).avatar];
    refill(byId("sidebar"), shown, () => [
      h("div.sidebar-head", {}, h("span.brand", {}, this.model.protocol.name), this.connectionTag(), this.closer()),
      h("div.sidebar-lists", {},
        h("div.list-head", {},
          h("h2.list-title", { id: "rooms-title" }, "Rooms"),
          iconButton("plus", "Find or open a room", { "data-testid": "add-room", "data-key": "add-room", onclick: () => this.scene.openRooms() })),
        h("ul.places", { "aria-labelledby": "rooms-title", "data-testid": "rooms" }, ...rooms.map((place) => this.placeLine(place))),
        h("div.list-head", {}, h("h2.list-title", { id: "talks-title" }, "Private")),
        talks.length === 0
          ? h("p.hint.empty", {}, "Double-click on a name to talk in private.")
          : h("ul.places", { "aria-labelledby": "talks-title", "data-testid": "conversations" }, ...talks.map((place) => this.placeLine(place)))),
      this.self(),
    ]);
  }

  closer() {
    return iconButton("close", "Close the menu", { class: "icon-button narrow-only", "data-key": "close-menu", onclick: () => this.scene.closeDrawers() });
  }

  connectionTag() {
    const [name, text] = { in: ["good", "connected"], lost: ["warn", "connecting"], dialing: ["warn", "connecting"] }[
      this.model.connection.state
    ] ?? ["bad", "offline"];
    return h(`span.tag.${name}`, { "data-testid": "connection" }, text);
  }

  placeLine(place) {
    const current = this.scene.panes.isShown(place);
    const person = this.model.personOf(place.name);
    const sign = place.isRoom ? h("span.room-sign", { "aria-hidden": "true" }, "#") : avatarOf(place.name, person.avatar, this.scene.pictureUrl, "s");
    const unread = place.unread === 0 ? null : h("span.unread", { "data-testid": "unread" }, place.unread > 99 ? "99+" : String(place.unread), h("span.unseen", {}, " unread"));
    const leave = place.isRoom
      ? iconButton("close", `Leave ${place.name}`, { "data-key": `leave ${place.key}`, "data-testid": "leave-room", onclick: () => this.scene.leave(place) })
      : null;
    return h("li.place", { "data-place": place.key },
      h("button.place-button", {
        type: "button",
        "data-key": place.key,
        "data-testid": "place",
        "aria-current": current ? "true" : null,
        onclick: () => this.scene.open(place),
      }, sign, h("span.place-name", {}, place.name), unread),
      leave);
  }

  self() {
    const me = this.model.me ?? "";
    return h("div.self", {},
      h("button.self-button", { type: "button", "data-testid": "me", "data-key": "me", title: "Change your avatar", onclick: () => this.scene.changeAvatar() },
        this.scene.avatar(me),
        h("span.place-name", {}, me)),
      iconButton("leave", "Leave the chat", { "data-testid": "quit", "data-key": "quit", onclick: () => this.scene.quit() }));
  }

  fillMembers() {
    const room = this.scene.panes.room();
    if (room === null) {
      refill(byId("members"), null, () => []);
      return;
    }
    const rank = (nick) => (this.model.personOf(nick).state === "Detached" ? 1 : 0);
    const nicks = [...room.members].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
    const rest = nicks.length - LISTED_MAX;
    const shown = nicks.slice(0, LISTED_MAX).map((nick) => [nick, this.model.personOf(nick)]);
    refill(byId("members"), [room.key, this.model.me, nicks.length, shown], () => [
      h("div.list-head", {}, h("h2.list-title", {}, `In ${room.name}`), h("span.tag.count", {}, String(nicks.length)),
        iconButton("close", "Close the list", { class: "icon-button middle-only", "data-key": "close-members", onclick: () => this.scene.closeDrawers() })),
      h("ul.people", { "data-testid": "members" }, ...nicks.slice(0, LISTED_MAX).map((nick) => this.memberLine(nick))),
      rest > 0 ? h("p.hint", {}, `and ${rest} more`) : null,
    ]);
  }

  memberLine(nick) {
    const { state } = this.model.personOf(nick);
    const own = this.model.isMe(nick);
    const tag = STATES[state] === undefined ? null : h(`span.tag.${state === "Muted" ? "bad" : "plain"}`, {}, STATES[state]);
    const inside = [this.scene.avatar(nick, "s"), h("span.place-name", {}, nick, own && tag === null ? h("span.hint", {}, " (you)") : null), tag];
    if (own) {
      return h("li.person", { "data-nick": nick, "data-state": state }, h("span.person-line", {}, ...inside));
    }
    return h("li.person", { "data-nick": nick, "data-state": state },
      h("button.person-line", {
        type: "button",
        "data-key": `member ${nick}`,
        "data-testid": "member",
        title: `Double-click or press Enter to talk with ${nick} in private`,
        ondblclick: () => this.scene.talkWith(nick),
        // From the keyboard or a screen reader, or by a finger, one touch is enough.
        onclick: (event) => (event.detail === 0 || event.pointerType === "touch") && this.scene.talkWith(nick),
      }, ...inside));
  }
}

