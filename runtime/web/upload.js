// A file on its way to the server: what to ask next, and what an answer means. Reads no file and sends nothing by itself.
// The client's machine keeps what is asked until it is answered and asks again after a lost connection, so that all
// there is to do here is to go on where the server says.

import { formOf, held, same } from "./shapes.js";

// How many chunks may be unanswered: enough for a long line, and few enough that talk passes between them.
const UNANSWERED_MAX = 4;
// How often a file is offered anew when the server knows nothing of it any more.
const OFFERS_MAX = 4;
// How long to wait, in milliseconds, where the server does not say how long.
const PAUSE_MS = 500;

export class Upload {
  // `offer` is the request that offers a file of that size.
  constructor(offer, chunkBytes) {
    this.offer = offer;
    this.size = offer.Attach.size;
    this.chunkBytes = chunkBytes;
    this.stage = "Offer";
    this.offers = 0;
    this.transfer = 0;
    this.sent = 0;
    this.taken = 0;
    this.unanswered = 0;
  }

  // Whether a request is this file's.
  asked(request) {
    if (this.stage === "Sending") {
      return held(request, "Chunk")?.transfer === this.transfer;
    }
    return this.stage === "Offered" && same(request, this.offer);
  }

  // What to do next; ask again until it says "Wait".
  step() {
    if (this.stage === "Offer") {
      this.stage = "Offered";
      this.offers += 1;
      return "Offer";
    }
    const more = this.unanswered < UNANSWERED_MAX && this.sent < this.size;
    if (this.stage !== "Sending" || (this.unanswered > 0 && !more)) {
      return "Wait";
    }
    const offset = this.sent;
    const len = Math.min(this.size - offset, this.chunkBytes);
    this.sent += len;
    this.unanswered += 1;
    return { Chunk: { transfer: this.transfer, offset, len } };
  }

  // Takes the answer to a request of this file's. After a pause, and after a wait, ask `step`.
  answered(answer) {
    const form = formOf(answer);
    const value = answer[form];
    if (form === "Refused") {
      return this.refused(value);
    }
    if (this.stage === "Offered" && form === "Ready") {
      const from = Math.min(value.from, this.size);
      Object.assign(this, { stage: "Sending", transfer: value.transfer, sent: from, taken: from, unanswered: 0 });
    } else if (this.stage === "Sending" && form === "Taken") {
      this.taken = Math.min(value.to, this.size);
      this.answeredOne();
    } else if (this.stage === "Sending" && form === "Filed") {
      this.stage = "Over";
      return { Arrived: value };
    }
    return "Wait";
  }

  refused({ no, wait_ms }) {
    const sending = this.stage === "Sending";
    if (sending && (no === "Muted" || no === "AsksTooFast")) {
      this.answeredOne();
      return { Pause: Math.max(1, wait_ms ?? PAUSE_MS) };
    }
    if (sending && no === "TransferOver" && this.offers < OFFERS_MAX) {
      this.stage = "Offer";
      return "Wait";
    }
    this.stage = "Over";
    return { Refused: no };
  }

  answeredOne() {
    this.unanswered = Math.max(0, this.unanswered - 1);
    if (this.unanswered === 0) {
      this.sent = this.taken;
    }
  }
}
