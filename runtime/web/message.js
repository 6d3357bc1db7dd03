// One line of a room or conversation as elements: what was said, a file, or what happened.

import { h, icon, readableBytes } from "./dom.js";
import { formOf } from "./shapes.js";

// Messages of one user that follow each other in this time stand under one nick.
const TOGETHER_MS = 5 * 60_000;
const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

// Made when they are first needed, for making one takes milliseconds.
const clock = lazily(() => new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" }));
const longClock = lazily(() => new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" }));
const dates = lazily(() => new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" }));

function lazily(make) {
  let made = null;
  return () => (made ??= make());
}

// The elements of an item after the one before it; `scene` knows people, files and what a click does.
export function messageOf(item, before, scene) {
  const line = h("li.line", { "data-number": item.number });
  // A new avatar is seen beside the nick.
  line.hidden = item.missing === undefined && formOf(item.body) === "Avatar";
  if (before === undefined || dayOf(before.at) !== dayOf(item.at)) {
    line.append(h("div.day", {}, h("time", { datetime: isoDay(item.at) }, dates().format(item.at))));
  }
  if (item.missing !== undefined) {
    line.append(h("p.happening", {}, `${item.missing} messages are missing here.`));
  } else if (isSpoken(item)) {
    line.append(spoken(item, follows(item, before), scene));
  } else {
    line.append(h("p.happening", {}, timeOf(item.at), " ", happening(item, scene)));
  }
  return line;
}

function isSpoken(item) {
  return item.missing === undefined && ["Text", "Attached"].includes(formOf(item.body));
}

function follows(item, before) {
  return (
    before !== undefined &&
    isSpoken(before) &&
    before.nick === item.nick &&
    item.at - before.at < TOGETHER_MS &&
    dayOf(before.at) === dayOf(item.at)
  );
}

function spoken(item, together, scene) {
  const own = scene.isMe(item.nick);
  const classes = `article.message${own ? ".own" : ""}${together ? ".together" : ""}`;
  const state = own ? sentSign(item) : null;
  const head = together
    ? h("p.unseen", {}, `${item.nick}, ${clock().format(item.at)}`)
    : h("p.who", {}, nickOf(item.nick, scene), " ", timeOf(item.at));
  const body = formOf(item.body) === "Text" ? said(item.body.Text) : file(item.body.Attached, scene);
  const waits = item.waits ? h("p.hint", {}, `${scene.name} is not there, and gets it on coming back.`) : null;
  return h(
    classes,
    { "data-testid": "message", "data-nick": item.nick, "data-state": own ? "sent" : null },
    h("div.gutter", {}, together ? timeOf(item.at, "gutter-time", shortTime(item.at)) : scene.avatar(item.nick)),
    h("div.content", {}, head, body, waits),
    state,
  );
}

function sentSign({ waits }) {
  const label = waits ? "waits for its reader" : "sent";
  return h("span.sent", { role: "img", title: label, "aria-label": label }, icon("check"));
}

// A nick that opens a conversation with its owner. By the keyboard there is a shorter way: the list of members.
export function nickOf(nick, scene) {
  if (scene.isMe(nick)) {
    return h("span.nick", {}, nick);
  }
  return h("button.nick", {
    type: "button",
    tabindex: "-1",
    title: `Double-click to talk with ${nick} in private`,
    "data-nick": nick,
    ondblclick: () => scene.talkWith(nick),
    onclick: (event) => event.detail === 0 && scene.talkWith(nick),
  }, nick);
}

function timeOf(at, name = "time", text = clock().format(at)) {
  return h(`time.${name}`, { datetime: new Date(at).toISOString(), title: longClock().format(at) }, text);
}

// The time without what tells morning from evening, where there is little room.
function shortTime(at) {
  const parts = clock().formatToParts(at).filter(({ type }) => type !== "dayPeriod");
  return parts.map(({ value }) => value).join("").trim();
}

// A text with its newlines, its web addresses made to links.
export function said(text) {
  const parts = text.split(/(https?:\/\/[^\s<>"]+)/g);
  return h("p.text", { dir: "auto" }, ...parts.flatMap((part, at) => (at % 2 === 0 ? [part] : link(part))));
}

function link(found) {
  // What ends a sentence does not belong to an address, nor a bracket that was opened before it.
  let end = found.length;
  for (let last = found[end - 1]; end > 0; last = found[end - 1]) {
    const unopened = last === ")" && !found.slice(0, end).includes("(");
    if (!unopened && !".,;:!?'”’]}".includes(last)) {
      break;
    }
    end -= 1;
  }
  const address = found.slice(0, end);
  if (!URL.canParse(address) || !["http:", "https:"].includes(new URL(address).protocol)) {
    return [found];
  }
  return [h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, address), found.slice(end)];
}

function file({ file: id, name, media, size }, scene) {
  const url = scene.fileUrl(id, name);
  if (PICTURES.includes(media)) {
    const picture = h("img", { src: url, alt: name, loading: "lazy", decoding: "async", "data-testid": "picture" });
    const frame = h("button.picture", {
      type: "button",
      title: `${name}, ${readableBytes(size)}`,
      "aria-label": `Show the picture ${name} larger`,
      onclick: () => scene.enlarge({ url, name, size }),
    }, picture);
    picture.addEventListener("load", () => frame.classList.add("there"));
    picture.addEventListener("error", () => frame.replaceWith(download(url, name, size)));
    return frame;
  }
  return download(url, name, size);
}

export function download(url, name, size) {
  return h(
    "a.file",
    { href: `${url}&download`, download: name, "data-testid": "file" },
    icon("file"),
    h("span.file-name", { dir: "auto" }, name),
    h("span.hint", {}, readableBytes(size)),
  );
}

// What happened to somebody, as a sentence.
function happening({ nick, body }, scene) {
  const form = formOf(body);
  const sentences = {
    Joined: "joined",
    Left: `left${leaving(body.Left)}`,
    Entered: "came in",
    LeftRoom: "went out",
    Muted: "was muted",
    Unmuted: "may talk again",
  };
  return h("span", {}, nickOf(nick, scene), ` ${sentences[form] ?? form}`);
}

function leaving(why) {
  return why === undefined || why === "Quit" ? "" : `: ${WHY[why] ?? why}`;
}

const WHY = {
  Lost: "connection lost",
  Kicked: "thrown out",
  Idle: "nothing was heard",
  TooSlow: "too slow to listen",
  Flooding: "talked too fast too often",
  Replaced: "came back elsewhere",
  Stopping: "the server stopped",
};

function dayOf(at) {
  return new Date(at).toDateString();
}

function isoDay(at) {
  const day = new Date(at);
  const two = (number) => String(number).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

