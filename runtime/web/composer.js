// Where the user writes: keeps what is typed for each place, sends it, and says why it cannot.

import { h, icon, iconButton, readableSeconds } from "./dom.js";

const KEY = "hobnob.drafts";
// How long the warning to slow down stays, in milliseconds.
const WARNING_MS = 8_000;
const TALLEST = 160;
const TOUCHED = matchMedia("(hover: none) and (pointer: coarse)");

export class Composer {
  constructor(model, known, files) {
    this.model = model;
    this.known = known;
    const to = known.isRoom ? `Message to ${known.name}` : `Private message to ${known.name}`;
    this.area = h("textarea", {
      rows: "1",
      dir: "auto",
      "aria-label": to,
      placeholder: known.isRoom ? `Message to ${known.name}` : `Only to ${known.name}`,
      enterkeyhint: TOUCHED.matches ? "enter" : "send",
      "data-testid": "composer",
      oninput: () => this.typed(),
      onkeydown: (event) => this.pressed(event),
      onpaste: (event) => this.pasted(event, files),
    });
    this.area.value = drafts()[known.key] ?? "";
    this.notice = h("p.notice", { role: "status", hidden: true, "data-testid": "composer-notice" });
    this.chooser = h("input", {
      type: "file",
      multiple: true,
      hidden: true,
      tabindex: "-1",
      "aria-label": "Files to send",
      "data-testid": "file-input",
      onchange: () => {
        files.send(known, [...this.chooser.files]);
        this.chooser.value = "";
      },
    });
    this.attach = iconButton("clip", "Attach files", { onclick: () => this.chooser.click() });
    this.button = h("button.icon-button.send", { type: "submit", "aria-label": "Send", title: "Send", "data-testid": "send" }, icon("send"));
    this.element = h(
      "form.composer",
      { "aria-label": to, onsubmit: (event) => this.submit(event) },
      this.notice,
      h("div.composer-row", {}, this.attach, this.chooser, this.area, this.button),
    );
    this.warnedUntil = 0;
    this.refresh();
  }

  typed() {
    const kept = drafts();
    kept[this.known.key] = this.area.value;
    remember(kept);
    this.wrong = null;
    this.fit();
    this.refresh();
  }

  fit() {
    this.area.style.height = "auto";
    this.area.style.height = `${Math.min(this.area.scrollHeight + 2, TALLEST)}px`;
  }

  pressed(event) {
    // Under a finger there is no shift key to begin a line with: there the button sends.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !TOUCHED.matches) {
      event.preventDefault();
      this.submit(event);
    }
  }

  pasted(event, files) {
    const pasted = [...(event.clipboardData?.files ?? [])];
    if (pasted.length > 0) {
      event.preventDefault();
      files.send(this.known, pasted);
    }
  }

  submit(event) {
    event.preventDefault();
    const text = this.area.value.replace(/\r\n?/g, "\n");
    if (text.trim() === "" || this.model.mutedFor() > 0 || this.model.connection.state === "out") {
      return;
    }
    if ([...text].length > this.model.protocol.limits.text_chars) {
      this.wrong = this.model.meaning("TextLong");
      this.refresh();
      return;
    }
    this.area.value = "";
    this.typed();
    this.model.say(this.known, text);
    this.area.focus();
  }

  // Puts a text before what is written.
  give(text) {
    this.area.value = [text, this.area.value].filter((part) => part !== "").join("\n");
    this.typed();
    this.area.focus();
  }

  warn() {
    this.warnedUntil = performance.now() + WARNING_MS;
    this.refresh();
  }

  // Says what there is to say about writing here now; called each second while there is something.
  refresh() {
    const muted = this.model.mutedFor();
    const warned = performance.now() < this.warnedUntil;
    let text = this.wrong ?? "";
    let kind = "bad";
    if (muted > 0) {
      const why = this.model.mutedWhy === "" ? "" : `, ${this.model.mutedWhy}`;
      text = `You are muted for ${readableSeconds(muted)} more${why}. You can write on, and send it then.`;
    } else if (warned) {
      text = "Slow down a little: whoever goes on like this is muted.";
      kind = "warn";
    }
    this.notice.hidden = text === "";
    this.notice.className = `notice ${kind}`;
    if (this.notice.textContent !== text) {
      this.notice.textContent = text;
      // The time left is to be seen; read out each second it would be a nuisance.
      this.notice.setAttribute("aria-live", muted > 0 && this.wasMuted ? "off" : "polite");
    }
    this.wasMuted = muted > 0;
    this.element.classList.toggle("muted", muted > 0);
    this.button.setAttribute("aria-disabled", String(muted > 0 || this.area.value.trim() === ""));
  }

  focus() {
    this.area.focus();
  }
}

function drafts() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

function remember(kept) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // A page that may keep nothing keeps what is typed as long as it is open.
  }
}
