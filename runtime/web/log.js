// The messages of one place on the screen: as many as a person can scroll through at once, the rest comes on scrolling.
// Owns which part of the messages has elements, and where the reader looks.

import { h, icon } from "./dom.js";
import { messageOf } from "./message.js";

// How many messages have elements at most, and how many come at once on scrolling.
const SHOWN_MAX = 400;
const STEP = 60;
// How near to an end is at the end, in pixels.
const NEAR = 48;

export class LogView {
  constructor(model, known, scene) {
    this.model = model;
    this.known = known;
    this.scene = scene;
    this.from = 0;
    this.to = 0;
    this.top = h("p.log-top", {});
    this.list = h("ol.lines", {});
    this.pending = h("ol.lines.pending", {});
    this.element = h(
      "div.log",
      { role: "log", tabindex: "0", "aria-label": `Messages ${known.isRoom ? "in" : "with"} ${known.name}`, "data-testid": "log" },
      this.top, this.list, this.pending,
    );
    this.toNewest = h("button.to-newest", { type: "button", hidden: true, onclick: () => this.showNewest() }, icon("down"), "Newest messages");
    this.element.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.resized = new ResizeObserver(() => {
      this.settle();
      this.wantOlder();
    });
    this.resized.observe(this.element);
    this.resized.observe(this.list);
    this.resized.observe(this.pending);
    this.stick = true;
    // What the browser said last of where the reader is: only who scrolls up leaves the end, and no change of layout.
    this.seen = { top: 0, height: 0, window: 0 };
    this.showNewest();
  }

  close() {
    this.resized.disconnect();
  }

  // Shows the newest messages, and stays there.
  showNewest() {
    this.to = this.known.items.length;
    this.from = Math.max(0, this.to - STEP);
    this.fill();
    this.stick = true;
    this.settle();
  }

  // Makes all elements anew.
  fill() {
    const items = this.known.items;
    this.quietly(() => {
      this.list.replaceChildren(...items.slice(this.from, this.to).map((item, at) => this.line(item, this.from + at)));
    });
    this.fillPending();
    this.sayTop();
  }

  line(item, at) {
    return messageOf(item, this.known.items[at - 1], this.scene);
  }

  // An item was put at an index of the items.
  inserted(at) {
    const newest = at === this.known.items.length - 1;
    if (newest && this.to === at) {
      this.to += 1;
      this.list.append(this.line(this.known.items[at], at));
      this.cutOldest();
    } else if (at < this.from) {
      this.from += 1;
      this.to += 1;
    } else if (at <= this.to) {
      this.to += 1;
      this.fill();
    }
    this.sayTop();
    this.settle();
  }

  // Items were put before those that were known; `many` of them.
  prepended(many) {
    if (this.to === 0) {
      this.showNewest();
      return;
    }
    this.from += many;
    this.to += many;
    this.extendUp();
    this.sayTop();
  }

  changed(item) {
    const at = this.known.items.indexOf(item);
    if (this.from <= at && at < this.to) {
      this.quietly(() => this.list.children[at - this.from].replaceWith(this.line(item, at)));
    }
  }

  // Some people are seen with another avatar now.
  redraw(nicks) {
    for (let at = this.from; at < this.to; at += 1) {
      const { nick } = this.known.items[at];
      const face = nicks.has(nick) ? this.list.children[at - this.from].querySelector(".gutter .avatar") : null;
      face?.replaceWith(this.scene.avatar(nick));
    }
    this.fillPending();
  }

  // The oldest items were forgotten.
  trimmed(many) {
    this.from = Math.max(0, this.from - many);
    this.to = Math.max(0, this.to - many);
  }

  fillPending() {
    const lines = this.known.pending.map((pending) => this.scene.pendingLine(pending));
    this.pending.replaceChildren(...this.scene.pendingHead(this.known.pending), ...lines);
    this.settle();
  }

  sayTop() {
    const { loading, hasOlder, items } = this.known;
    const empty = items.length === 0 ? `No messages ${this.known.isRoom ? "in" : "with"} ${this.known.name} yet.` : "";
    const beginning = this.known.isRoom ? "This is the beginning." : "This is the beginning. You two can read it, and whoever runs the server.";
    this.top.textContent = loading ? "Loading older messages…" : hasOlder || this.from > 0 ? empty : empty || beginning;
  }

  extendUp() {
    const more = Math.min(STEP, this.from);
    if (more === 0) {
      return;
    }
    const items = this.known.items.slice(this.from - more, this.from);
    this.from -= more;
    this.keepView(() => {
      this.list.prepend(...items.map((item, at) => this.line(item, this.from + at)));
      // The line that was first has another before it now.
      this.list.children[more].replaceWith(this.line(this.known.items[this.from + more], this.from + more));
      while (this.list.children.length > SHOWN_MAX) {
        this.list.lastElementChild.remove();
        this.to -= 1;
      }
    });
  }

  extendDown() {
    const items = this.known.items.slice(this.to, this.to + STEP);
    this.quietly(() => this.list.append(...items.map((item, at) => this.line(item, this.to + at))));
    this.to += items.length;
    this.cutOldest();
  }

  cutOldest() {
    const many = this.list.children.length - SHOWN_MAX;
    const cut = () => {
      [...this.list.children].slice(0, many).forEach((line) => line.remove());
      this.from += many;
    };
    if (many > 0 && this.stick) {
      cut();
    } else if (many > 0) {
      this.keepView(cut);
    }
  }

  // Changes what is above the reader without moving what is read.
  keepView(change) {
    // The first line may be made anew; the next one stays.
    const lines = [...this.list.children].slice(1);
    const anchor = lines.find((line) => line.offsetTop + line.offsetHeight > this.element.scrollTop);
    const before = anchor?.offsetTop ?? 0;
    this.quietly(change);
    if (anchor !== undefined && anchor.isConnected) {
      this.element.scrollTop += anchor.offsetTop - before;
    } else {
      this.element.scrollTop = Math.max(this.element.scrollTop, NEAR + 1);
    }
    this.seen.top = this.element.scrollTop;
  }

  // Changes what is shown without it being read out: it is not new.
  quietly(change) {
    this.element.setAttribute("aria-live", "off");
    change();
    requestAnimationFrame(() => this.element.removeAttribute("aria-live"));
  }

  atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    return this.to >= this.known.items.length && scrollHeight - scrollTop - clientHeight <= NEAR;
  }

  toEnd() {
    this.element.scrollTop = this.element.scrollHeight;
    this.seen.top = this.element.scrollTop;
  }

  // Stays at the end if the reader is there; once for all that changes before the next picture.
  settle() {
    if (this.settling) {
      return;
    }
    this.settling = true;
    requestAnimationFrame(() => {
      this.settling = false;
      this.toNewest.hidden = this.stick;
      if (this.stick) {
        this.toEnd();
        this.scene.readToEnd();
      }
    });
  }

  scrolled() {
    const { scrollTop } = this.element;
    this.wantOlder();
    const below = this.element.scrollHeight - scrollTop - this.element.clientHeight;
    if (below <= NEAR && this.to < this.known.items.length) {
      this.extendDown();
    }
    const { scrollHeight: height, clientHeight: window } = this.element;
    const up = scrollTop < this.seen.top && height === this.seen.height && window === this.seen.window;
    this.stick = this.atEnd() || (this.stick && !up);
    this.seen = { top: scrollTop, height, window };
    this.settle();
  }

  // Near the top, what is older comes.
  wantOlder() {
    if (this.element.scrollTop > NEAR || this.element.clientHeight === 0 || this.known.items.length === 0) {
      return;
    }
    if (this.from > 0) {
      this.extendUp();
    } else {
      this.model.loadOlder(this.known);
    }
  }
}
