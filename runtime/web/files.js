// Files on their way to the server: reads them, makes their digests, and sends them as the upload says.

import { Sha256 } from "./sha256.js";
import { held } from "./shapes.js";
import { Upload } from "./upload.js";

// How many bytes are read at once for the digest.
const READ_BYTES = 1 << 18;
const NOT_SENT = "The session is over.";

export class Files {
  constructor(model) {
    this.model = model;
    this.under = [];
    model.uploads = this;
  }

  // Sends files to a place, one after the other.
  send(known, files) {
    for (const file of files) {
      const sending = { file, known, upload: null, url: null, state: "reading", reason: null, last: 0 };
      if (file.type.startsWith("image/")) {
        sending.url = URL.createObjectURL(file);
      }
      sending.pending = known.addPending(file.name, sending);
      this.model.tell("pending", known);
      this.begin(sending, known.isRoom ? { Room: known.name } : { With: known.name });
    }
  }

  // Sends a picture to be the user's avatar. `done` hears null, or why it was refused.
  sendAvatar(file, done) {
    const sending = { file, known: null, upload: null, state: "reading", done };
    this.begin(sending, "Avatar");
  }

  async begin(sending, place) {
    const { limits } = this.model.protocol;
    const { file } = sending;
    if (file.size > limits.file_bytes) {
      this.fail(sending, this.model.meaning("FileLarge"));
      return;
    }
    try {
      const digest = await this.digest(sending);
      const media = file.type === "" ? "application/octet-stream" : file.type;
      const offer = { Attach: { place, name: plainName(file.name), media, size: file.size, digest } };
      if (sending.state !== "reading") {
        return;
      }
      sending.state = "sending";
      sending.upload = new Upload(offer, limits.chunk_bytes);
      this.under.push(sending);
      await this.go(sending);
    } catch {
      this.fail(sending, "The file cannot be read.");
    }
  }

  async digest(sending) {
    const hash = new Sha256();
    for (let at = 0; at < sending.file.size && sending.state === "reading"; at += READ_BYTES) {
      hash.update(await bytesOf(sending.file, at, READ_BYTES));
    }
    return hash.hex();
  }

  // Nothing is on its way any more: the session is over.
  stop() {
    this.under.forEach((sending) => this.fail(sending, NOT_SENT));
  }

  // Does what there is to do for a file until there is something to wait for.
  async go(sending) {
    if (this.model.me === null) {
      this.fail(sending, NOT_SENT);
      return;
    }
    for (let step = sending.upload.step(); step !== "Wait" && sending.state === "sending"; step = sending.upload.step()) {
      if (step === "Offer") {
        this.model.ask(sending.upload.offer);
      } else {
        const { transfer, offset, len } = step.Chunk;
        const bytes = base64(await bytesOf(sending.file, offset, len));
        this.model.ask({ Chunk: { transfer, offset, bytes } });
      }
    }
  }

  of(request) {
    return this.under.find(({ upload }) => upload.asked(request));
  }

  answered(request, answer) {
    const sending = this.of(request);
    if (sending === undefined) {
      return;
    }
    const step = sending.upload.answered(answer);
    const arrived = held(step, "Arrived");
    const no = held(step, "Refused");
    const pause = held(step, "Pause");
    if (arrived !== undefined) {
      this.arrived(sending, arrived);
    } else if (no !== undefined) {
      this.fail(sending, this.model.meaning(no));
    } else if (pause !== undefined) {
      setTimeout(() => this.go(sending), pause);
    } else {
      this.progressed(sending);
      this.go(sending);
    }
  }

  progressed(sending) {
    if (sending.known !== null) {
      this.model.tell("progress", sending);
    }
  }

  // The server has it all. In a room it tells everybody; in a conversation the sender knows it by this.
  arrived(sending, { file, number, at }) {
    this.end(sending, "arrived");
    const { known } = sending;
    if (known === null) {
      sending.done(null);
      return;
    }
    if (sending.url !== null) {
      URL.revokeObjectURL(sending.url);
    }
    known.drop(sending.pending);
    if (!known.isRoom) {
      const { name, media, size, digest } = sending.upload.offer.Attach;
      const body = { Attached: { file, name, media, size, digest, text: null } };
      this.model.onEntry({ place: known.place, entry: { number, at, nick: this.model.me, body }, when: "Live" });
    }
    this.model.tell("pending", known);
  }

  givenBack(request, reason) {
    const sending = this.of(request);
    if (sending !== undefined) {
      this.fail(sending, reason);
    }
  }

  fail(sending, reason) {
    this.end(sending, "failed");
    if (sending.known === null) {
      sending.done(reason);
      return;
    }
    Object.assign(sending.pending, { state: "failed", reason: `Not sent. ${reason}` });
    this.model.tell("pending", sending.known);
    this.model.tell("failed", sending.known, `${sending.file.name}: ${reason}`);
  }

  end(sending, state) {
    sending.state = state;
    this.under = this.under.filter((other) => other !== sending);
  }

  cancel(sending) {
    if (sending.upload?.stage === "Sending") {
      this.model.ask({ Cancel: { transfer: sending.upload.transfer } });
    }
    this.end(sending, "cancelled");
    this.discard(sending);
  }

  discard(sending) {
    if (sending.url !== null) {
      URL.revokeObjectURL(sending.url);
    }
    sending.known.drop(sending.pending);
    this.model.tell("pending", sending.known);
  }

  again(sending) {
    this.discard(sending);
    this.send(sending.known, [sending.file]);
  }
}

async function bytesOf(file, offset, len) {
  return new Uint8Array(await file.slice(offset, offset + len).arrayBuffer());
}

function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8_192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  }
  return btoa(text);
}

// What is no name on some system, whatever follows the first dot.
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *$/i;
const NAME_CHARS = 80;
const NAME_BYTES = 180;

// A name that the server takes, as near to the file's own as can be.
export function plainName(name) {
  const seen = name.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "").replace(/[/\\:*?"<>|]/g, "_");
  const edges = (text) => text.replace(/^[. ]+|[. ]+$/g, "");
  const plain = edges(seen);
  const dot = plain.lastIndexOf(".");
  const end = dot > 0 && plain.length - dot <= 12 ? plain.slice(dot) : "";
  let stem = [...plain.slice(0, plain.length - end.length)];
  const long = () => stem.length + end.length > NAME_CHARS || new TextEncoder().encode(stem.join("") + end).length > NAME_BYTES;
  while (long()) {
    stem = stem.slice(0, -1);
  }
  const cut = edges(stem.join("") + end) || "file";
  return DEVICE.test(cut.split(".")[0]) ? `_${cut}` : cut;
}
