// The choice of an avatar: none, an emoji, a drawn pattern, or a picture of one's own. Remembers the last choice.

import { avatarOf, canvas, cutSquare, drawPattern, pictureFile } from "./avatars.js";
import { h } from "./dom.js";

const KEY = "hobnob.avatar";
const EMOJI = ["🦊", "🐼", "🐸", "🦉", "🐙", "🦄", "🌵", "🍀", "🌻", "🍉", "🚲", "🎈"];
const PATTERNS = 5;

export class AvatarChoice {
  // `limits` say how large a picture may be; `name` makes the fields of two forms different.
  constructor(limits, name) {
    this.limits = limits;
    this.name = name;
    // What was chosen: { emoji } or { file, url } or nothing.
    this.chosen = {};
    this.error = h("p.error", { role: "alert", hidden: true });
    this.preview = h("span.avatar-preview");
    this.letter = h("span", {});
    this.nick = "";
    this.other = h("input", { type: "text", maxlength: "16", "aria-label": "Another emoji", placeholder: "other", class: "other-emoji", oninput: () => this.typedEmoji() });
    this.chooser = h("input", { type: "file", accept: "image/*", hidden: true, "aria-label": "A picture of your own", "data-testid": `${name}-picture`, onchange: () => this.upload(this.chooser.files[0]) });
    const seed = crypto.getRandomValues(new Uint32Array(1))[0];
    this.options = h("div.avatar-options", { role: "radiogroup", "aria-label": "Avatar" },
      this.option("No avatar: the first letter of the name", this.letter, () => this.choose({})),
      ...EMOJI.map((emoji) => this.option(emoji, avatarOf("", { Emoji: emoji }, null), () => this.choose({ emoji }))),
      ...Array.from({ length: PATTERNS }, (_, at) => this.pattern(`${seed}.${at}`, at + 1)));
    this.elements = [
      h("legend.label", {}, "Avatar"),
      h("div.avatar-row", {}, this.preview,
        h("div.avatar-own", {},
          h("button", { type: "button", onclick: () => this.chooser.click() }, "Upload picture"), this.other, this.chooser)),
      this.options,
      this.error,
    ];
    this.recall();
  }

  option(label, face, choose) {
    const input = h("input.unseen", { type: "radio", name: `${this.name}-avatar`, "aria-label": label, onchange: choose });
    return h("label.avatar-option", { title: label }, input, face);
  }

  pattern(seed, number) {
    const drawn = canvas();
    // The form is there first.
    setTimeout(() => drawPattern(drawn, seed));
    drawn.setAttribute("aria-hidden", "true");
    return this.option(`Pattern ${number}`, h("span.avatar.size-m", {}, drawn), async () => {
      this.choosePicture(await pictureFile(drawn, this.limits.picture_bytes));
    });
  }

  choose(chosen) {
    this.chosen = chosen;
    this.error.hidden = true;
    this.show();
    this.keep();
  }

  choosePicture(file) {
    this.choose({ file, url: URL.createObjectURL(file) });
  }

  show() {
    const { emoji, url } = this.chosen;
    const face = url === undefined
      ? avatarOf(this.nick, emoji === undefined ? null : { Emoji: emoji }, null, "l")
      : h("span.avatar.size-l", {}, h("img", { src: url, alt: "" }));
    this.preview.replaceChildren(face);
    this.letter.replaceWith((this.letter = avatarOf(this.nick, null, null)));
  }

  // Whose avatar it is to be: without one, the first letter is seen.
  nickIs(nick) {
    this.nick = nick;
    this.show();
  }

  uncheck() {
    this.options.querySelectorAll("input").forEach((input) => (input.checked = false));
  }

  typedEmoji() {
    const emoji = this.other.value.trim();
    if (emoji !== "") {
      this.uncheck();
      this.choose({ emoji });
    }
  }

  async upload(file) {
    if (file === undefined) {
      return;
    }
    this.chooser.value = "";
    try {
      const picture = await pictureFile(await cutSquare(file), this.limits.picture_bytes);
      this.uncheck();
      this.choosePicture(picture);
    } catch {
      this.complain("This is no picture that can be used.");
    }
  }

  complain(text) {
    this.error.textContent = text;
    this.error.hidden = false;
  }

  // Remembers the choice for the next visit, where the browser lets it.
  keep() {
    const { emoji, file } = this.chosen;
    const put = (value) => {
      try {
        localStorage.setItem(KEY, JSON.stringify(value));
      } catch {
        // Then it is chosen anew the next time.
      }
    };
    if (file === undefined) {
      put({ emoji });
      return;
    }
    const reader = new FileReader();
    reader.onload = () => put({ picture: reader.result, name: file.name });
    reader.readAsDataURL(file);
  }

  recall() {
    let kept = {};
    try {
      kept = JSON.parse(localStorage.getItem(KEY)) ?? {};
    } catch {
      // Nothing was kept.
    }
    if (kept.picture !== undefined) {
      const file = fileOf(kept.picture, kept.name);
      this.chosen = { file, url: URL.createObjectURL(file) };
    } else if (kept.emoji !== undefined) {
      this.chosen = { emoji: kept.emoji };
      const option = this.options.querySelector(`[aria-label="${CSS.escape(kept.emoji)}"]`);
      if (option !== null) {
        option.checked = true;
      }
    }
    this.show();
  }
}

// The file of a data address.
function fileOf(address, name) {
  const [head, data] = address.split(",");
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  return new File([bytes], name, { type: /^data:([^;]*)/.exec(head)[1] });
}
