/** Bases of two polynomial hashes modulo 2^32. */
const [HIGH, LOW] = [0x01000193, 0x5bd1e995];

/** A digest of 53 bits. Texts that consist of NUL only have the same digest, whatever their length. */
export function digestOf(text: string): number {
  let high = 0;
  let low = 0;
  for (let at = 0; at < text.length; at += 1) {
    high = next(high, HIGH, text.charCodeAt(at));
    low = next(low, LOW, text.charCodeAt(at));
  }
  return digest(high, low);
}

/** The digest of any part of a text, without reading that part again. */
export class TextDigests {
  readonly length: number;
  readonly #high: Int32Array;
  readonly #low: Int32Array;

  constructor(text: string) {
    this.length = text.length;
    this.#high = prefixes(text, HIGH);
    this.#low = prefixes(text, LOW);
  }

  /** The digest of the characters from `from` up to, but not including, `to`. */
  of(from: number, to: number): number {
    return digest(between(this.#high, HIGH, from, to), between(this.#low, LOW, from, to));
  }
}

function digest(high: number, low: number): number {
  return (high >>> 0) * 2 ** 21 + (low >>> 11);
}

function next(hash: number, base: number, character: number): number {
  return (Math.imul(hash, base) + character) | 0;
}

function prefixes(text: string, base: number): Int32Array {
  const hashes = new Int32Array(text.length + 1);
  for (let at = 0; at < text.length; at += 1) hashes[at + 1] = next(hashes[at] ?? 0, base, text.charCodeAt(at));
  return hashes;
}

function between(hashes: Int32Array, base: number, from: number, to: number): number {
  return (hashes[to] ?? 0) - Math.imul(hashes[from] ?? 0, power(base, to - from));
}

function power(base: number, exponent: number): number {
  let result = 1;
  for (let square = base, left = exponent; left > 0; left >>>= 1) {
    if (left & 1) result = Math.imul(result, square);
    square = Math.imul(square, square);
  }
  return result;
}
