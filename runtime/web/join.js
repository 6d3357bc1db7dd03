// The form by which one comes in: a name, an avatar, and what the server says to them.

import { AvatarChoice } from "./avatar-choice.js";
import { byId } from "./dom.js";

const KEY = "hobnob.nick";

export class Join {
  // `join` is called with a nick and the avatar that was chosen.
  constructor(model, join) {
    this.model = model;
    this.choice = new AvatarChoice(model.protocol.limits, "join");
    this.form = byId("join-form");
    this.nick = byId("nick");
    byId("avatar-choice").append(...this.choice.elements);
    this.nick.maxLength = 2 * model.protocol.limits.nick_chars;
    try {
      this.nick.value = localStorage.getItem(KEY) ?? "";
    } catch {
      // Then the name is typed anew.
    }
    this.choice.nickIs(this.nick.value);
    this.nick.addEventListener("input", () => {
      this.refuse("");
      this.choice.nickIs(this.nick.value.trim());
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit(join);
    });
  }

  submit(join) {
    const nick = this.nick.value.trim();
    if (nick === "") {
      this.refuse(this.model.meaning("NickBad"));
      return;
    }
    this.notice("");
    this.refuse("");
    this.busy(true);
    try {
      localStorage.setItem(KEY, nick);
    } catch {
      // Then the name is typed anew the next time.
    }
    join(nick, this.choice.chosen);
  }

  // Shows the form, with a reason if there is one.
  show(reason = "") {
    byId("join").hidden = false;
    this.busy(false);
    this.notice(reason);
    if (byId("nick-error").hidden) {
      this.nick.focus();
    }
  }

  hide() {
    byId("join").hidden = true;
    this.busy(false);
  }

  // Says at the field why the nick was refused.
  refuse(reason) {
    const error = byId("nick-error");
    error.textContent = reason;
    error.hidden = reason === "";
    this.nick.setAttribute("aria-invalid", String(reason !== ""));
    if (reason !== "") {
      this.busy(false);
      this.nick.focus();
      this.nick.select();
    }
  }

  notice(text) {
    byId("join-notice").textContent = text;
    byId("join-notice").hidden = text === "";
  }

  busy(busy) {
    const button = byId("join-button");
    button.disabled = busy;
    button.textContent = busy ? "Joining…" : "Join the chat";
  }
}
