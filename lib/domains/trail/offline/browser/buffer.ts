/** As much of Node's Buffer as the verifier uses, for a page; esbuild puts it in its place. */

type Encoding = 'utf8' | 'hex' | 'base64' | 'base64url';

class Bytes extends Uint8Array {
  equals(other: Uint8Array): boolean {
    return this.length === other.length && this.every((byte, at) => byte === other[at]);
  }

  readBigUInt64BE(offset: number): bigint {
    return new DataView(this.buffer, this.byteOffset).getBigUint64(offset);
  }

  override toString(encoding: Encoding = 'utf8'): string {
    if (encoding === 'hex') {
      return Array.from(this, (byte) => byte.toString(16).padStart(2, '0')).join('');
    }
    if (encoding === 'base64') return btoa(String.fromCharCode(...this));
    if (encoding === 'base64url') {
      return this.toString('base64').replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
    }
    return new TextDecoder().decode(this);
  }
}

function from(value: string | ArrayLike<number>, encoding: Encoding = 'utf8'): Bytes {
  if (typeof value !== 'string') return new Bytes(value);
  if (encoding === 'hex') {
    return new Bytes((value.match(/[0-9a-f]{2}/gi) ?? []).map((byte) => Number.parseInt(byte, 16)));
  }
  if (encoding === 'base64') return fromBase64(value);
  if (encoding === 'base64url') {
    return fromBase64(value.replaceAll('-', '+').replaceAll('_', '/'));
  }
  return new Bytes(new TextEncoder().encode(value));
}

/** What is not base64 gives what comes before it, as in Node; nothing is refused here. */
function fromBase64(text: string): Bytes {
  const [digits = ''] = /^[A-Za-z0-9+/]*/.exec(text) ?? [];
  const whole = digits.length % 4 === 1 ? digits.slice(0, -1) : digits;
  return new Bytes(Array.from(atob(whole), (character) => character.charCodeAt(0)));
}

function concat(parts: readonly Uint8Array[]): Bytes {
  const whole = new Bytes(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const Buffer = { from, concat };
