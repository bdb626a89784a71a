const LEAST = 4_096;

/**
 * Bytes that come in pieces, kept as one: a sender that cuts a megabyte into single bytes would
 * otherwise have a hundred kept for each. One piece is kept as it came.
 */
export class Bytes {
  #first: Uint8Array | undefined;
  #joined: Buffer | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(piece: Uint8Array): void {
    if (piece.byteLength === 0) return;
    if (this.#size === 0) this.#first = piece;
    else this.#room(this.#size + piece.byteLength).set(piece, this.#size);
    this.#size += piece.byteLength;
  }

  all(): Buffer {
    const whole = this.#joined ?? this.#first;
    if (!whole) return Buffer.alloc(0);
    return Buffer.from(whole.buffer, whole.byteOffset, this.#size);
  }

  #room(size: number): Buffer {
    if (this.#joined && this.#joined.byteLength >= size) return this.#joined;
    const larger = Buffer.allocUnsafeSlow(Math.max(LEAST, 2 * size));
    const before = this.#joined ?? this.#first;
    if (before) larger.set(before.subarray(0, this.#size));
    this.#first = undefined;
    this.#joined = larger;
    return larger;
  }
}
