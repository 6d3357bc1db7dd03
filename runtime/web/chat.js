// The chat page as a whole: puts the machine, what is known, and what is seen together.
// Owns the session, the title, and what is said where the server's words have no place of their own.

import { avatarOf } from "./avatars.js";
import { chooseAvatar, note, RoomsDialog, showPicture } from "./dialogs.js";
import { announce, byId, readableSeconds } from "./dom.js";
import { Files } from "./files.js";
import { Join } from "./join.js";
import { freshToken, Link, tokenHex } from "./link.js";
import { forget, recall, remember } from "./memory.js";
import { Model } from "./model.js";
import { Panes } from "./panes.js";
import { protocol } from "./protocol.js";
import { sha256Hex } from "./sha256.js";
import { nameOf, placeOf } from "./shapes.js";
import { Sidebar } from "./sidebar.js";

// How often who is there is asked for anew, in milliseconds: nobody tells of those who are away for a moment.
const WHO_EVERY_MS = 20_000;
// In rooms of more members than this it is not asked.
const WHO_MEMBERS_MAX = 200;
// More members than this are a crowd; how long its list rests, in milliseconds.
const CROWD = 100;
const CROWD_PAUSE_MS = 1_000;
// How long a page that is loaded again may take to come back before the form is seen, in milliseconds.
const FLASH_MS = 600;

class Chat {
  constructor(protocol) {
    this.protocol = protocol;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.link = new Link(protocol, `${scheme}//${location.host}/ws`, (shown) => this.model.shown(shown));
    // Who is out asks nothing: that would be a call at the server's door.
    this.model = new Model(protocol, (request) => this.model.me !== null && this.link.ask(request));
    this.files = new Files(this.model);
    this.join = new Join(this.model, (nick, avatar) => this.enter(nick, avatar));
    this.sidebar = new Sidebar(this.model, this);
    this.rooms = new RoomsDialog(this.model);
    this.panes = new Panes(this.model, this.files, this);
    this.session = null;
    this.reason = "";
    this.changedAvatars = new Set();
    // When the lists of people were drawn last, and whether they are to be drawn anew.
    this.drawnPeople = 0;
    this.peopleDue = false;
    // Only who is in may see pictures.
    this.pictureUrl = (picture) => this.model.me === null ? null : this.fileUrl(picture.file, `avatar.${picture.kind === "jpeg" ? "jpg" : picture.kind}`);
    this.listen();
    this.begin();
  }

  // Comes back into the session of this tab, if there was one; else asks for a name.
  begin() {
    const kept = recall();
    if (kept === null) {
      this.join.show();
      return;
    }
    this.session = kept;
    this.model.reads = kept.read;
    this.link.goOnFrom(kept.number);
    this.link.input({ Join: { nick: kept.nick, token: kept.token, avatar: kept.emoji ?? null } });
    setTimeout(() => byId("chat").hidden && this.join.show(), FLASH_MS);
  }

  enter(nick, { emoji, file }) {
    this.reason = "";
    this.session = { nick, token: freshToken(), emoji, open: [], room: null, read: {} };
    this.picture = file ?? null;
    this.model.setConnection({ state: "dialing" });
    this.link.input({ Join: { nick, token: this.session.token, avatar: emoji ?? null } });
  }

  listen() {
    const { model } = this;
    model.on("seat", ({ fresh }) => this.seated(fresh));
    model.on("reset", () => this.wearPicture());
    model.on("refused", ({ no }) => this.refused(no));
    model.on("unreachable", (reason) => (this.reason = `The server cannot be reached${reason ? ` (${reason})` : ""}.`));
    model.on("goodbye", (why) => (this.reason = why));
    model.on("out", () => this.out());
    model.on("connection", () => this.connection());
    for (const kind of ["dragover", "drop"]) {
      // A file that misses a pane must not take the page's place.
      addEventListener(kind, (event) => event.preventDefault());
    }
    for (const event of ["places", "unread"]) {
      model.on(event, () => this.later("sidebar", () => this.sidebar.fill()));
    }
    model.on("unread", () => this.later("title", () => this.title()));
    model.on("read", () => this.later("remember", () => this.remember()));
    model.on("members", () => this.later("members", () => this.people()));
    model.on("avatar", (nick) => {
      this.changedAvatars.add(nick);
      this.later("avatars", () => this.redraw());
    });
    model.on("item", (known, at, how) => this.panes.item(known, at, how));
    model.on("changed", (known, item) => this.panes.of(known)?.log.changed(item));
    model.on("history", (known, many) => this.panes.of(known)?.log.prepended(many));
    model.on("loading", (known) => this.panes.of(known)?.log.sayTop());
    model.on("pending", (known) => this.panes.of(known)?.log.fillPending());
    model.on("failed", (known, reason) => announce(`To ${known.name}: ${reason}`, true));
    model.on("progress", ({ bar, upload }) => bar !== undefined && (bar.value = upload.taken));
    model.on("muted", () => this.compose());
    model.on("slowDown", (known) => this.panes.of(known)?.composer.warn());
    model.on("entered", (known) => this.open(known));
    model.on("left", (known) => {
      this.panes.left(known);
      this.later("members", () => this.people());
    });
    model.on("refusal", ({ request, no }) => this.refusal(request, no));
    addEventListener("focus", () => this.read());
    addEventListener("beforeunload", (event) => this.hasUnsent() && event.preventDefault());
    document.addEventListener("visibilitychange", () => this.read());
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.closeDrawers());
    byId("find-room").addEventListener("click", () => this.openRooms());
    byId("veil").addEventListener("click", () => this.closeDrawers());
    setInterval(() => this.tick(), 1_000);
    setInterval(() => this.askWho(), WHO_EVERY_MS);
  }

  // Does something once, however often it is asked for, before the next picture.
  later(what, run) {
    this.due ??= new Map();
    if (this.due.size === 0) {
      setTimeout(() => {
        const due = this.due;
        this.due = new Map();
        due.forEach((todo) => todo());
      }, 30);
    }
    this.due.set(what, run);
  }

  // ── Coming and going.

  seated(fresh) {
    const { model, session } = this;
    const wished = session.nick;
    session.nick = model.me;
    this.join.hide();
    byId("chat").hidden = false;
    if (fresh && wished !== model.me) {
      note(`You are ${model.me}: somebody else is ${wished} already.`);
    }
    if (fresh) {
      const { open } = session;
      const rooms = [...model.places.values()].filter((place) => place.isRoom && place.joined);
      const room = rooms.find(({ key }) => key === session.room) ?? rooms[0];
      if (room !== undefined) {
        this.panes.openRoom(room, false);
      }
      open.forEach((key) => this.panes.openTalk(nameOf(placeOf(key)), false));
      this.panes.all()[0]?.composer.focus();
    }
    this.panes.all().forEach((pane) => pane.refresh());
    this.sidebar.fill();
    this.remember();
  }

  // A picture is sent once one is in, for it is a file.
  wearPicture() {
    this.panes.all().forEach((pane) => pane.log.showNewest());
    if (this.picture !== null && this.picture !== undefined) {
      this.files.sendAvatar(this.picture, (reason) => reason !== null && note(`Your avatar: ${reason}`, null, true));
    }
  }

  wear({ emoji, file }) {
    this.picture = file ?? null;
    this.session.emoji = emoji;
    if (file === undefined) {
      this.link.ask({ Wear: { avatar: emoji ?? null } });
    } else {
      this.wearPicture();
    }
    this.remember();
  }

  refused(no) {
    forget();
    this.showJoin();
    if (no.startsWith("Nick")) {
      this.join.refuse(this.model.meaning(no));
    } else {
      this.join.notice(this.model.meaning(no));
    }
  }

  out() {
    this.files.stop();
    forget();
    this.showJoin();
  }

  showJoin() {
    this.closeDrawers();
    this.panes.closeTalks();
    byId("chat").hidden = true;
    this.join.show(this.reason);
    this.reason = "";
    this.title();
  }

  // Whether something would be lost with the page.
  hasUnsent() {
    return [...this.model.places.values()].some(({ pending }) => pending.length > 0);
  }

  quit() {
    this.link.input("Quit");
  }

  connection() {
    const { state, retryAt } = this.model.connection;
    const lost = state === "lost";
    byId("banner").hidden = !lost;
    if (lost) {
      const left = retryAt === null ? 0 : retryAt - performance.now();
      const next = left > 0 ? `Trying again in ${readableSeconds(left)}.` : "Trying again now…";
      byId("banner").textContent = `The connection is lost. ${next} What you write is sent then.`;
    }
    byId("banner").setAttribute("aria-live", this.wasLost && lost ? "off" : "polite");
    if (this.wasLost && state === "in") {
      announce("Connected again.");
    }
    this.wasLost = lost;
    if (!byId("join").hidden && lost) {
      this.join.notice(byId("banner").textContent);
    }
    this.later("sidebar", () => this.sidebar.fill());
  }

  // ── What is seen.

  open(known) {
    if (known.isRoom) {
      this.panes.openRoom(known);
      this.later("members", () => this.people());
    } else {
      this.panes.openTalk(known.name);
    }
  }

  // Something else is seen now.
  arranged() {
    this.later("sidebar", () => this.sidebar.fill());
    this.later("remember", () => this.remember());
  }

  closePrivate(known) {
    this.panes.closeTalk(known);
  }

  talkWith(nick) {
    if (!this.model.isMe(nick)) {
      this.panes.openTalk(nick);
    }
  }

  leave(known) {
    this.link.ask({ Leave: { room: known.name } });
  }

  openRooms() {
    this.closeDrawers();
    this.rooms.open();
  }

  changeAvatar() {
    this.closeDrawers();
    chooseAvatar(this.protocol.limits, this.model.me, (chosen) => this.wear(chosen));
  }

  enlarge(picture) {
    showPicture(picture);
  }

  avatar(nick, size = "m") {
    return avatarOf(nick, this.model.personOf(nick).avatar, this.pictureUrl, size);
  }

  // Where a file is to be had by who may see it: the proof is made from the token, which stays secret.
  fileUrl(file, name) {
    const proof = sha256Hex(`hobnob file ${file} ${tokenHex(this.session.token)}`);
    return `/files/${file}/${encodeURIComponent(name)}?as=${encodeURIComponent(this.model.me)}&proof=${proof}`;
  }

  redraw() {
    const nicks = this.changedAvatars;
    this.changedAvatars = new Set();
    this.panes.all().forEach((pane) => pane.log.redraw(nicks));
  }

  // Draws the lists of people anew; those of a crowd, once a second.
  people() {
    const pause = (this.panes.room()?.members.size ?? 0) > CROWD ? CROWD_PAUSE_MS : 0;
    const wait = this.drawnPeople + pause - performance.now();
    if (wait > 0) {
      if (!this.peopleDue) {
        this.peopleDue = true;
        setTimeout(() => this.people(), wait);
      }
      return;
    }
    this.peopleDue = false;
    this.drawnPeople = performance.now();
    this.sidebar.fillMembers();
    this.sidebar.fill();
    this.panes.all().forEach((pane) => pane.fillHead());
  }

  refusal(request, no) {
    if (request.Enter !== undefined && this.rooms.element !== null) {
      return;
    }
    note(this.model.meaning(no), null, true);
  }

  compose() {
    this.panes.all().forEach((pane) => pane.composer.refresh());
  }

  read() {
    this.panes.all().forEach((pane) => pane.readIfSeen());
  }

  tick() {
    this.compose();
    if (this.model.connection.state === "lost") {
      this.connection();
    }
  }

  askWho() {
    if (this.model.connection.state !== "in" || document.hidden) {
      return;
    }
    const room = this.panes.room();
    if (room !== null && room.joined && room.members.size <= WHO_MEMBERS_MAX) {
      this.link.ask({ Who: { room: room.name } });
    }
    if (this.panes.talks().length > 0) {
      this.link.ask({ Who: { room: null } });
    }
  }

  title() {
    const unread = [...this.model.places.values()].reduce((sum, place) => sum + place.unread, 0);
    const { name } = this.protocol;
    document.title = byId("chat").hidden || unread === 0 ? name : `(${unread}) ${name}`;
    byId("chat").classList.toggle("has-unread", unread > 0);
  }

  toggleSidebar() {
    this.drawer("sidebar");
  }

  toggleMembers() {
    this.drawer("members");
  }

  drawer(id) {
    this.opener = document.activeElement;
    byId(id).classList.add("open");
    byId("veil").hidden = false;
    byId("panes").inert = true;
    byId(id).querySelector("button")?.focus();
  }

  closeDrawers() {
    const wasOpen = !byId("veil").hidden;
    byId("sidebar").classList.remove("open");
    byId("members").classList.remove("open");
    byId("veil").hidden = true;
    byId("panes").inert = false;
    if (wasOpen && this.opener?.isConnected) {
      this.opener.focus();
    }
  }

  // ── What is remembered over a reload of this tab.

  remember() {
    if (this.session === null || this.model.me === null) {
      return;
    }
    const { session, model } = this;
    session.nick = model.me;
    session.number = this.link.client.nextNumber;
    session.room = this.panes.room()?.key ?? null;
    session.open = this.panes.talks().map(({ known }) => known.key);
    session.read = Object.fromEntries([...model.places.values()].map((place) => [place.key, place.read]));
    remember(session);
  }
}

const chat = new Chat(protocol);
document.documentElement.dataset.ready = String(chat !== null);
performance.mark("ready");
