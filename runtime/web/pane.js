// One room or conversation as the user sees it: its head, its messages, and where to write.

import { Composer } from "./composer.js";
import { avatarOf } from "./avatars.js";
import { h, iconButton, readableBytes } from "./dom.js";
import { LogView } from "./log.js";

const STATES = { Muted: "muted", Detached: "away", Member: "" };

export class Pane {
  // `scene` is what the page as a whole can do: open, close, enlarge.
  constructor(model, known, files, scene) {
    this.model = model;
    this.known = known;
    this.files = files;
    this.scene = scene;
    this.title = h("h2.pane-title", { id: `title-${encodeURIComponent(known.key)}` });
    this.head = h("header.pane-head", {});
    this.element = h("section.pane", {
      "aria-labelledby": this.title.id,
      "data-place": known.key,
      "data-testid": known.isRoom ? "room-pane" : "private-pane",
      ondragover: (event) => this.dragged(event),
      ondragleave: () => this.element.classList.remove("dragged"),
      ondrop: (event) => this.dropped(event),
      onfocusin: () => scene.panes.activate(this),
    });
    this.log = new LogView(model, known, {
      name: known.name,
      isMe: (nick) => model.isMe(nick),
      avatar: (nick) => scene.avatar(nick),
      fileUrl: (id, name) => scene.fileUrl(id, name),
      talkWith: (nick) => scene.talkWith(nick),
      enlarge: (picture) => scene.enlarge(picture),
      pendingHead: (pending) => this.pendingHead(pending),
      pendingLine: (pending) => this.pendingLine(pending),
      readToEnd: () => this.readIfSeen(),
    });
    this.composer = new Composer(model, known, files);
    this.door = h("div.door", { hidden: true }, h("p.hint", {}, `You are not in ${known.name}.`),
      h("button", { type: "button", onclick: () => model.wish(known.name) }, `Enter ${known.name}`));
    this.element.append(this.head, h("div.log-frame", {}, this.log.element, this.log.toNewest), this.door, this.composer.element);
    this.fillHead();
    this.refresh();
  }

  fillHead() {
    const { known, model, scene } = this;
    const person = model.personOf(known.name);
    const members = known.members.size;
    this.title.textContent = known.isRoom ? `# ${known.name}` : known.name;
    const about = known.isRoom
      ? h("p.hint.pane-about", {}, `${members} ${members === 1 ? "person" : "people"}`)
      : h("p.hint.pane-about", {}, person.state === null ? "not there now" : `private${STATES[person.state] ? `, ${STATES[person.state]}` : ""}`);
    const face = known.isRoom ? null : avatarOf(known.name, person.avatar, scene.pictureUrl, "s");
    const close = known.isRoom
      ? iconButton("people", "Who is here", { "data-testid": "show-members", class: "icon-button middle-only", onclick: () => scene.toggleMembers() })
      : iconButton("close", `Close the conversation with ${known.name}`, { "data-testid": "close-private", onclick: () => scene.closePrivate(known) });
    const menu = iconButton("menu", "Rooms and conversations", { "data-testid": "show-sidebar", class: "icon-button narrow-only menu-button", onclick: () => scene.toggleSidebar() });
    const focused = document.activeElement?.getAttribute("data-testid");
    const held = this.head.contains(document.activeElement);
    this.head.replaceChildren(...[menu, face, h("div.pane-names", {}, this.title, about), close].filter((part) => part !== null));
    if (held) {
      this.head.querySelector(`[data-testid="${focused}"]`)?.focus();
    }
  }

  refresh() {
    const out = this.known.isRoom && !this.known.joined;
    this.door.hidden = !out;
    this.composer.element.hidden = out;
    this.composer.refresh();
  }

  // What can be done with several texts at once that were not sent; a list of nothing or of one line.
  pendingHead(pending) {
    const failed = pending.filter(({ state, upload }) => state === "failed" && upload === null);
    if (failed.length < 2) {
      return [];
    }
    const give = () => {
      failed.forEach((one) => this.discard(one));
      this.composer.give(failed.map(({ text }) => text).join("\n"));
    };
    return [
      h("li.line.pending-head", { "data-testid": "pending-head" },
        h("p.hint", {}, `${failed.length} messages were not sent.`),
        h("div.pending-actions", {},
          h("button", { type: "button", "data-testid": "edit-all", onclick: give }, "Edit all as one"),
          h("button.quiet-button", { type: "button", "data-testid": "discard-all", onclick: () => failed.forEach((one) => this.discard(one)) }, "Discard all"))),
    ];
  }

  // Something the user wrote that is not among the messages yet.
  pendingLine(pending) {
    const failed = pending.state === "failed";
    const { upload } = pending;
    const body = upload === null ? h("p.text", { dir: "auto" }, pending.text) : this.uploadBody(upload);
    const state = failed
      ? h("p.error", {}, pending.reason)
      : h("p.hint", {}, upload === null ? "Sending…" : "");
    const actions = failed
      ? h("div.pending-actions", {},
          h("button", { type: "button", "data-testid": "send-again", onclick: () => this.again(pending) }, "Send again"),
          upload === null && h("button", { type: "button", "data-testid": "edit", onclick: () => this.edit(pending) }, "Edit"),
          h("button.quiet-button", { type: "button", onclick: () => this.discard(pending) }, "Discard"))
      : null;
    return h("li.line", { "data-testid": "pending", "data-state": pending.state },
      h("article.message.own.pending", {},
        h("div.gutter", {}, this.scene.avatar(this.model.me ?? "")),
        h("div.content", {}, body, state, actions)));
  }

  uploadBody(upload) {
    const { file, url } = upload;
    const preview = url === null ? null : h("span.picture.there", {}, h("img", { src: url, alt: file.name }));
    const name = h("p.file-name", {}, `${file.name}, ${readableBytes(file.size)}`);
    if (upload.state === "failed") {
      return h("div.upload", {}, preview, name);
    }
    const bar = h("progress", { max: String(Math.max(1, file.size)), "aria-label": `${file.name} is being sent` });
    bar.value = upload.upload?.taken ?? 0;
    upload.bar = bar;
    const cancel = h("button.quiet-button", { type: "button", "data-testid": "cancel-upload", onclick: () => this.files.cancel(upload) }, "Cancel");
    return h("div.upload", {}, preview, name, h("div.upload-row", {}, bar, cancel));
  }

  again(pending) {
    if (pending.upload === null) {
      this.model.sayAgain(this.known, pending);
    } else {
      this.files.again(pending.upload);
    }
  }

  // Gives a text back to where it was written, before what is being written there.
  edit(pending) {
    this.discard(pending);
    this.composer.give(pending.text);
  }

  discard(pending) {
    if (pending.upload === null) {
      this.known.drop(pending);
      this.model.tell("pending", this.known);
    } else {
      this.files.discard(pending.upload);
    }
  }

  dragged(event) {
    if ([...(event.dataTransfer?.types ?? [])].includes("Files")) {
      event.preventDefault();
      this.element.classList.add("dragged");
    }
  }

  dropped(event) {
    event.preventDefault();
    this.element.classList.remove("dragged");
    this.files.send(this.known, [...event.dataTransfer.files]);
  }

  // What stands at the end of the messages is read while the page and this pane are looked at.
  readIfSeen() {
    if (this.element.isConnected && this.element.offsetParent !== null && document.hasFocus() && this.log?.stick) {
      this.model.markRead(this.known);
    }
  }

  close() {
    this.log.close();
    this.element.remove();
  }
}
