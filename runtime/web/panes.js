// Which panes are open: one room, and conversations beside it. On a narrow screen one of them is seen at a time.

import { announce, byId } from "./dom.js";
import { note } from "./dialogs.js";
import { Pane } from "./pane.js";

// How many conversations open by themselves; who wants to talk beyond that is told of in a note.
const POPPED_MAX = 3;
const NARROW = matchMedia("(max-width: 48rem)");

export class Panes {
  // `scene` is the page as a whole; it hears by `arranged` that something else is seen now.
  constructor(model, files, scene) {
    this.model = model;
    this.files = files;
    this.scene = scene;
    // By the key of their place.
    this.open = new Map();
    this.active = null;
    NARROW.addEventListener("change", () => this.arrange());
  }

  of(known) {
    return this.open.get(known.key);
  }

  all() {
    return [...this.open.values()];
  }

  talks() {
    return this.all().filter(({ known }) => !known.isRoom);
  }

  // The room that is open; null for none.
  room() {
    return this.all().find(({ known }) => known.isRoom)?.known ?? null;
  }

  isShown(known) {
    return this.open.has(known.key) && (!NARROW.matches || this.active?.known === known);
  }

  // Shows a room in the place of the one that was open.
  openRoom(known, focus = true) {
    for (const pane of this.all()) {
      if (pane.known.isRoom && pane.known !== known) {
        this.close(pane);
      }
    }
    this.show(known, focus);
  }

  // Shows a conversation beside the others.
  openTalk(nick, focus = true) {
    const known = this.model.at({ With: nick });
    if (known.items.length === 0) {
      this.model.loadOlder(known);
      this.model.ask({ Who: { room: null } });
    }
    this.show(known, focus);
  }

  show(known, focus) {
    let pane = this.of(known);
    if (pane === undefined) {
      pane = new Pane(this.model, known, this.files, this.scene);
      this.open.set(known.key, pane);
      byId("panes")[known.isRoom ? "prepend" : "append"](pane.element);
      pane.composer.fit();
    }
    if (focus || this.active === null) {
      this.activate(pane);
      this.scene.closeDrawers();
    }
    if (focus) {
      pane.element.scrollIntoView({ inline: "nearest", block: "nearest" });
      pane.composer.focus();
    }
    this.arrange();
    pane.readIfSeen();
  }

  activate(pane) {
    if (this.active !== pane || pane === null) {
      this.active = pane;
      this.arrange();
      pane?.readIfSeen();
    }
  }

  arrange() {
    this.all().forEach((pane) => pane.element.classList.toggle("active", pane === this.active));
    byId("chat").classList.toggle("has-private", this.talks().length > 0);
    byId("no-pane").hidden = this.open.size > 0;
    this.scene.arranged();
  }

  close(pane) {
    pane.close();
    this.open.delete(pane.known.key);
    if (this.active === pane) {
      this.active = null;
    }
  }

  closeTalk(known) {
    this.close(this.of(known));
    this.activate(this.all().at(-1) ?? null);
    this.active?.composer.focus();
  }

  // The user is out of the chat: who comes in next has conversations of their own.
  closeTalks() {
    this.all().filter(({ known }) => !known.isRoom).forEach((pane) => this.close(pane));
  }

  // The user is out of a room: another one is shown in its place.
  left(known) {
    const pane = this.of(known);
    if (pane === undefined) {
      return;
    }
    this.close(pane);
    const other = [...this.model.places.values()].find((place) => place.isRoom && place.joined);
    if (other !== undefined) {
      this.openRoom(other);
    } else {
      this.activate(this.all().at(-1) ?? null);
    }
  }

  // An item is new in a place, at that index.
  item(known, index, { live, fresh }) {
    const trimmed = known.trim();
    const pane = this.of(known);
    const at = index - trimmed;
    pane?.log.trimmed(trimmed);
    pane?.log.inserted(at);
    if (fresh && !known.isRoom && pane === undefined && !this.model.isMe(known.items[at].nick)) {
      this.popUp(known);
    }
    if (live) {
      pane?.readIfSeen();
    }
  }

  // Somebody writes in private: on a wide screen the conversation opens beside the others, and takes no focus.
  popUp(known) {
    const text = `${known.name} writes to you in private.`;
    if (NARROW.matches || this.talks().length >= POPPED_MAX) {
      note(text, { label: "Open", run: () => this.openTalk(known.name) });
      return;
    }
    this.openTalk(known.name, false);
    announce(text);
  }
}
