// Avatars: how they are shown beside nicks, drawn from a seed, and cut from pictures.

import { h } from "./dom.js";
import { sha256Hex } from "./sha256.js";
import { held } from "./shapes.js";

// How wide and high a picture is that is made here, in pixels.
const SIDE = 256;
const TINTS = 8;

// What is seen beside a nick: the picture, the emoji, or its first letter on a tint of its own.
export function avatarOf(nick, avatar, pictureUrl, size = "m") {
  const emoji = held(avatar, "Emoji");
  const picture = held(avatar, "Picture");
  const classes = `span.avatar.size-${size}`;
  const url = picture === undefined ? null : pictureUrl(picture);
  if (url !== null) {
    const shown = h(classes, { "aria-hidden": "true" }, h("img", { src: url, alt: "", decoding: "async" }));
    // A picture may have gone with its owner meanwhile.
    shown.firstChild.addEventListener("error", () => shown.replaceWith(avatarOf(nick, null, pictureUrl, size)));
    return shown;
  }
  if (emoji !== undefined) {
    return h(`${classes}.emoji`, { "aria-hidden": "true" }, emoji);
  }
  const letters = [...nick.replace(/^[^\p{L}\p{N}]+/u, "")];
  const letter = letters[0] ?? [...nick][0] ?? "·";
  return h(`${classes}.letter.tint-${tintOf(nick)}`, { "aria-hidden": "true" }, letter.toLocaleUpperCase());
}

// The tint of a nick, the same for everybody who sees it.
export function tintOf(nick) {
  let sum = 7;
  for (const character of nick) {
    sum = (sum * 31 + character.codePointAt(0)) % 65_521;
  }
  return sum % TINTS;
}

// An empty picture.
export function canvas() {
  return h("canvas", { width: SIDE, height: SIDE });
}

// Draws a pattern that is the same for the same seed: five by five fields, mirrored, in two colours.
export function drawPattern(drawn, seed) {
  const digest = sha256Hex(seed);
  const digit = (at) => parseInt(digest[at], 16);
  const hue = (digit(60) * 16 + digit(61)) * (360 / 256);
  const pen = drawn.getContext("2d");
  pen.fillStyle = `hsl(${hue} 45% 92%)`;
  pen.fillRect(0, 0, SIDE, SIDE);
  pen.fillStyle = `hsl(${hue} 50% 42%)`;
  const margin = 28;
  const field = (SIDE - 2 * margin) / 5;
  for (let column = 0; column < 5; column += 1) {
    for (let row = 0; row < 5; row += 1) {
      const from = Math.min(column, 4 - column) * 5 + row;
      if (digit(from) % 2 === 0) {
        pen.fillRect(margin + column * field, margin + row * field, field + 0.5, field + 0.5);
      }
    }
  }
}

// The middle of a picture as a square.
export async function cutSquare(file) {
  const picture = await createImageBitmap(file);
  const side = Math.min(picture.width, picture.height);
  const drawn = canvas();
  const pen = drawn.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 2, side, side, 0, 0, SIDE, SIDE);
  picture.close();
  return drawn;
}

// A canvas as a file of at most so many bytes: as PNG where that is small enough, else as JPEG of falling quality.
export async function pictureFile(drawn, bytesMax) {
  for (const [media, quality] of [["image/png"], ["image/jpeg", 0.9], ["image/jpeg", 0.75], ["image/jpeg", 0.5]]) {
    const blob = await new Promise((done) => drawn.toBlob(done, media, quality));
    if (blob !== null && blob.size <= bytesMax) {
      return new File([blob], media === "image/png" ? "avatar.png" : "avatar.jpg", { type: media });
    }
  }
  throw new Error("the picture cannot be made small enough");
}
