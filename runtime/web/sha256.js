// SHA-256, in pieces: the browser's own is not to be had on pages that come over plain HTTP from another computer.

const K = constants();

// The fractions of the cube roots of the first 64 primes, as FIPS 180-4 says.
function constants() {
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) {
    if (primes.every((prime) => n % prime !== 0)) {
      primes.push(n);
    }
  }
  return Uint32Array.from(primes, (prime) => (Math.cbrt(prime) % 1) * 2 ** 32);
}

export class Sha256 {
  constructor() {
    this.state = Uint32Array.of(
      0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    );
    this.block = new Uint8Array(64);
    this.filled = 0;
    this.length = 0;
    this.words = new Uint32Array(64);
  }

  // Takes more bytes.
  update(bytes) {
    this.length += bytes.length;
    for (let at = 0; at < bytes.length; ) {
      const taken = bytes.subarray(at, at + 64 - this.filled);
      this.block.set(taken, this.filled);
      this.filled += taken.length;
      at += taken.length;
      if (this.filled === 64) {
        this.compress();
      }
    }
    return this;
  }

  // Ends it: 64 hexadecimal digits.
  hex() {
    const bits = this.length * 8;
    const padding = new Uint8Array(((this.filled < 56 ? 56 : 120) - this.filled) + 8);
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(padding.length - 4, bits >>> 0);
    this.update(padding);
    return Array.from(this.state, (word) => word.toString(16).padStart(8, "0")).join("");
  }

  compress() {
    const w = this.words;
    const view = new DataView(this.block.buffer);
    for (let t = 0; t < 16; t += 1) {
      w[t] = view.getUint32(4 * t);
    }
    for (let t = 16; t < 64; t += 1) {
      const a = w[t - 15];
      const b = w[t - 2];
      const s0 = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3);
      const s1 = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10);
      w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
    let [a, b, c, d, e, f, g, i] = this.state;
    for (let t = 0; t < 64; t += 1) {
      const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
      const first = (i + s1 + ((e & f) ^ (~e & g)) + K[t] + w[t]) | 0;
      const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
      const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [i, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    [a, b, c, d, e, f, g, i].forEach((word, at) => {
      this.state[at] += word;
    });
    this.filled = 0;
  }
}

function turn(word, by) {
  return (word >>> by) | (word << (32 - by));
}

// The digest of a text in UTF-8.
export function sha256Hex(text) {
  return new Sha256().update(new TextEncoder().encode(text)).hex();
}
