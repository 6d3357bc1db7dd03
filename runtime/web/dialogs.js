// What opens above the page: the rooms to enter, a picture in full, the choice of an avatar, and short notes.

import { AvatarChoice } from "./avatar-choice.js";
import { byId, h, iconButton, readableBytes } from "./dom.js";
import { download } from "./message.js";

// How long a note stays, in milliseconds.
const NOTE_MS = 9_000;

// Shows a dialog that closes by Escape, by its button, or by a click beside it, and is forgotten then.
function open(dialog) {
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.showModal();
  return dialog;
}

function head(dialog, title) {
  return h("header.dialog-head", {}, h("h2", { id: "dialog-title" }, title), iconButton("close", "Close", { onclick: () => dialog.close() }));
}

// The rooms that there are, and a field for a new one.
export class RoomsDialog {
  constructor(model) {
    this.model = model;
    this.list = h("ul.room-list", { "data-testid": "room-list" });
    this.error = h("p.error", { id: "room-error", role: "alert", hidden: true, "data-testid": "room-error" });
    this.input = h("input", { id: "room-name", autocomplete: "off", autocapitalize: "off", spellcheck: "false", "aria-describedby": "room-error", "data-testid": "room-name" });
    this.element = null;
    model.on("rooms", () => this.fill());
    model.on("entered", () => this.element?.close());
    model.on("refusal", ({ request, no }) => this.refused(request, no));
  }

  open() {
    this.error.hidden = true;
    this.input.removeAttribute("aria-invalid");
    this.input.value = "";
    const dialog = h("dialog.rooms-dialog", { "aria-labelledby": "dialog-title" });
    dialog.append(
      head(dialog, "Rooms"),
      h("form.room-form", { onsubmit: (event) => this.submit(event) },
        h("div.field", {}, h("label", { for: "room-name" }, "Enter a room, or open a new one"), this.input, this.error),
        h("button.main-button", { type: "submit", "data-testid": "enter-room" }, "Enter")),
      h("h3.list-title", {}, "Open rooms"),
      this.list,
    );
    this.element = open(dialog);
    dialog.addEventListener("close", () => (this.element = null));
    this.fill();
    this.model.ask("Rooms");
    this.input.focus();
  }

  submit(event) {
    event.preventDefault();
    const room = this.input.value.trim().replace(/^#/, "");
    if (room !== "") {
      this.model.wish(room);
    }
  }

  refused(request, no) {
    if (this.element !== null && request.Enter !== undefined) {
      this.error.textContent = this.model.meaning(no);
      this.error.hidden = false;
      this.input.setAttribute("aria-invalid", "true");
    }
  }

  fill() {
    const isIn = (room) => this.model.places.get(`Room:${room}`)?.joined === true;
    this.list.replaceChildren(...this.model.rooms.map(({ room, members }) =>
      h("li.room-line", {},
        h("span.place-name", {}, `# ${room}`),
        h("span.hint.count", {}, `${members} ${members === 1 ? "person" : "people"}`),
        isIn(room)
          ? h("span.tag.good", {}, "you are in")
          : h("button", { type: "button", "aria-label": `Enter ${room}`, onclick: () => this.model.wish(room) }, "Enter"))));
  }
}

// A picture as large as the window allows.
export function showPicture({ url, name, size }) {
  const dialog = h("dialog.picture-dialog", { "aria-labelledby": "dialog-title", "data-testid": "picture-dialog" });
  dialog.append(head(dialog, name), h("img", { src: url, alt: name }), download(url, name, size), h("p.unseen", {}, readableBytes(size)));
  open(dialog);
}

// Another avatar for who is in already.
export function chooseAvatar(limits, nick, wear) {
  const choice = new AvatarChoice(limits, "change");
  choice.nickIs(nick);
  const dialog = h("dialog.avatar-dialog", { "aria-labelledby": "dialog-title" });
  dialog.append(
    head(dialog, "Your avatar"),
    h("form.room-form", {
      onsubmit: (event) => {
        event.preventDefault();
        wear(choice.chosen);
        dialog.close();
      },
    }, h("fieldset.field.untitled", {}, ...choice.elements), h("button.main-button", { type: "submit", "data-testid": "wear" }, "Use this avatar")),
  );
  open(dialog);
}

// A note at the edge of the page, with something to do about it, perhaps.
export function note(text, action = null, urgent = false) {
  const line = h(`div.toast${urgent ? ".bad" : ""}`, { role: urgent ? "alert" : "status", "data-testid": "toast" },
    h("p", {}, text),
    action === null ? null : h("button", { type: "button", onclick: () => (line.remove(), action.run()) }, action.label),
    iconButton("close", "Close the note", { onclick: () => line.remove() }));
  byId("toasts").append(line);
  setTimeout(() => line.remove(), NOTE_MS);
  while (byId("toasts").children.length > 3) {
    byId("toasts").firstElementChild.remove();
  }
}
