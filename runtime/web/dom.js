// Makes elements. Every text goes in as text; nothing here, nor anywhere else, parses HTML.

// An element: `h("p.hint", { id: "x", onclick: f }, "text", child, …)`. What is null or false is left out.
export function h(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length > 0) {
    element.className = classes.join(" ");
  }
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (key.startsWith("on")) {
      element.addEventListener(key.slice(2), value);
    } else {
      element.setAttribute(key, value === true ? "" : value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const ICONS = {
  menu: "M4 6h16M4 12h16M4 18h16",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c0-3.6 2.9-6 6.5-6s6.5 2.4 6.5 6M16 4.5a3.5 3.5 0 0 1 0 6.2M18 14.4c2.1.8 3.5 2.8 3.5 5.6",
  close: "M6 6l12 12M18 6L6 18",
  send: "M4 12l16-8-6 16-3-6.5z",
  clip: "M20 11.5l-8.2 8.2a5 5 0 0 1-7.1-7.1l8.6-8.6a3.4 3.4 0 0 1 4.8 4.8l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4l7.8-7.8",
  plus: "M12 5v14M5 12h14",
  down: "M12 5v14M6 13l6 6 6-6",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  check: "M5 13l4 4 10-10",
  leave: "M14 4h5v16h-5M4 12h11M11 8l4 4-4 4",
};

// A picture of one stroke, for a button that has a label of its own.
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

// A button that shows an icon only; `label` is what it is called.
export function iconButton(name, label, attributes = {}) {
  return h("button.icon-button", { type: "button", "aria-label": label, title: label, ...attributes }, icon(name));
}

export const byId = (id) => document.getElementById(id);

// Says something to who listens to the page, and shows it to nobody: at once if it is urgent.
export function announce(text, urgent = false) {
  const region = byId(urgent ? "alerts" : "news");
  region.textContent = "";
  // The same words twice are news twice.
  setTimeout(() => {
    region.textContent = text;
  }, 30);
}

// Seconds as people read them: "9 s", "2 min 05 s".
export function readableSeconds(ms) {
  const all = Math.max(0, Math.ceil(ms / 1000));
  const minutes = Math.floor(all / 60);
  return minutes === 0 ? `${all} s` : `${minutes} min ${String(all % 60).padStart(2, "0")} s`;
}

// Bytes as people read them.
export function readableBytes(bytes) {
  const units = ["bytes", "kB", "MB", "GB"];
  let step = 0;
  let size = bytes;
  for (; size >= 1000 && step < units.length - 1; step += 1) {
    size /= 1000;
  }
  return `${step === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[step]}`;
}
