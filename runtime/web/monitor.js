// Puts the monitor together: the views, the state of the connection, and who hears what. Each view owns its own place.

import { follow } from "./monitor-feed.js";
import { find, say, ask, duration } from "./monitor-text.js";
import * as log from "./monitor-log.js";
import * as figures from "./monitor-figures.js";
import * as people from "./monitor-people.js";
import * as protocol from "./monitor-protocol.js";

const views = { messages: log, figures, people, protocol };
let since = null;
/** What came since the last drawing, so that a burst of frames is drawn once. */
let [frames, drawing] = [[], false];

function show(name, focus) {
  const chosen = name in views ? name : "messages";
  for (const [key, view] of Object.entries(views)) {
    const [tab, own] = [find(`tab-${key}`), key === chosen];
    tab.setAttribute("aria-selected", String(own));
    tab.tabIndex = own ? 0 : -1;
    find(key).hidden = !own;
    if (own && focus) tab.focus();
    view.shown(own);
  }
}

function prepareTabs() {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const go = (tab, focus) => {
    history.replaceState(null, "", `#/${tab.getAttribute("aria-controls")}`);
    show(tab.getAttribute("aria-controls"), focus);
  };
  tabs.forEach((tab, at) => {
    tab.addEventListener("click", () => go(tab, false));
    tab.addEventListener("keydown", (event) => {
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + tabs.length, Home: 0, End: tabs.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      go(tabs[to % tabs.length], true);
    });
  });
  addEventListener("hashchange", () => show(location.hash.slice(2), false));
  show(location.hash.slice(2), false);
}

/** Says how it stands with the connection; while it waits, how long. */
let feedState = ["dialing", 0];
function tellFeed() {
  const [state, until] = feedState;
  find("feed").dataset.state = state;
  const rest = Math.max(0, Math.ceil((until - Date.now()) / 1000));
  const words = { live: "Live", dialing: "Connecting…", waiting: rest > 3 ? "Connection lost; trying again in a moment" : "Connection lost; trying again" };
  say(find("feed-text"), words[state]);
  find("feed").title = state === "waiting" ? `The next try is in ${rest} s.` : "";
}

function draw() {
  drawing = false;
  const came = frames;
  frames = [];
  for (const frame of came) {
    if (frame.lines?.length || frame.more) {
      log.take(frame.lines ?? [], frame.more ?? 0);
      people.heard(frame.lines ?? []);
    }
    if (frame.fired) protocol.fired(frame.fired);
    if (frame.sample) figures.take(frame.sample);
  }
}

async function begin() {
  try {
    const stats = await ask("/api/stats");
    since = stats.now.since;
    figures.begin(stats);
  } catch (wrong) {
    say(find("since"), wrong.message);
  }
  log.reload();
  people.reload();
  protocol.reload();
}

setInterval(() => {
  tellFeed();
  if (since !== null) say(find("since"), `up ${duration(Date.now() - since)}`);
}, 1000);

for (const view of Object.values(views)) view.prepare();
prepareTabs();
document.addEventListener("visibilitychange", () => document.hidden || begin());
follow({
  frame: (frame) => {
    // A page in the background draws nothing; what it missed it asks for when it is looked at again.
    if (document.hidden) return;
    frames.push(frame);
    if (!drawing) {
      drawing = true;
      requestAnimationFrame(draw);
    }
  },
  opened: begin,
  state: (...state) => {
    feedState = state;
    tellFeed();
  },
});
