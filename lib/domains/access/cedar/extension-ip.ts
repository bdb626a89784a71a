/**
 * Cedar's `ipaddr`: an address or a range in CIDR notation, of version 4 or 6. Two values are
 * equal when address and prefix are, so a range is not its first address.
 */
import type { ExtensionFunctions } from './extension';
import { extensionError } from './extension';
import { Extension, typeError, type Value } from './values';

class IpAddress extends Extension {
  readonly typeName = 'ipaddr';
  readonly bits: 32 | 128;
  readonly address: bigint;
  readonly prefix: number;
  readonly canonical: string;

  constructor(bits: 32 | 128, address: bigint, prefix: number) {
    super();
    this.bits = bits;
    this.address = address;
    this.prefix = prefix;
    this.canonical = `${bits}:${address}/${prefix}`;
  }

  /** Whether all of it begins with the first `bits` of `start`. */
  within(start: bigint, bits: number): boolean {
    const shift = BigInt(this.bits - bits);
    return this.prefix >= bits && this.address >> shift === start >> shift;
  }
}

/** In bytes, as Cedar counts the length of a text. */
const LONGEST = 43;

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

const failed = (message: string) => extensionError('ipaddr', message);

function parse(text: Value): IpAddress {
  if (typeof text !== 'string') throw typeError('string', text);
  if (bytesOf(text) > LONGEST) {
    throw failed(`error parsing IP address from string \`${text}\`: string length is too large`);
  }
  if (/:.*:/s.test(text) && /\..*\./s.test(text)) {
    throw failed(
      `error parsing IP address from string: We do not accept IPv4 embedded in IPv6 (e.g., ::ffff:127.0.0.1). Found: \`${text}\``,
    );
  }
  const slash = text.indexOf('/');
  const spelled = slash === -1 ? text : text.slice(0, slash);
  const four = parseFour(spelled);
  const address = four ?? parseSix(spelled);
  if (address === undefined) {
    throw failed(
      slash === -1
        ? `invalid IP address: ${text}`
        : `error parsing IP address from the string \`${spelled}\`: invalid IP address syntax`,
    );
  }
  const bits = four === undefined ? 128 : 32;
  return new IpAddress(
    bits,
    address,
    slash === -1 ? bits : parsePrefix(text.slice(slash + 1), bits),
  );
}

function parseFour(text: string): bigint | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined;
  let address = 0n;
  for (const part of text.split('.')) {
    if (Number(part) > 255 || (part.length > 1 && part.startsWith('0'))) return undefined;
    address = address * 256n + BigInt(part);
  }
  return address;
}

function parseSix(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const groups = [...head, ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  // The double colon stands for one group at least.
  if (tail ? groups.length > 7 : groups.length !== 8) return undefined;
  const zeros = Array.from({ length: 8 - groups.length }, () => '0');
  let address = 0n;
  for (const group of [...head, ...zeros, ...(tail ?? [])]) {
    address = address * 65_536n + BigInt(`0x${group}`);
  }
  return address;
}

function parsePrefix(text: string, bits: 32 | 128): number {
  const length = bytesOf(text);
  if (length > (bits === 32 ? 2 : 3)) {
    throw failed(`error parsing prefix: string length ${length} is too large`);
  }
  if (!/^\d*$/.test(text)) {
    throw failed(`error parsing prefix \`${text}\`: encountered non-digit`);
  }
  if (text.startsWith('0') && text !== '0') {
    throw failed(`error parsing prefix \`${text}\`: leading zero(s)`);
  }
  const unread = (why: string) =>
    failed(`error parsing prefix from the string \`${text}\`: ${why}`);
  if (text === '') throw unread('cannot parse integer from empty string');
  const prefix = Number(text);
  if (prefix > 255) throw unread('number too large to fit in target type');
  if (prefix > bits) {
    throw failed(`error parsing prefix: ${prefix} is larger than the limit ${bits}`);
  }
  return prefix;
}

function asIp(value: Value): IpAddress {
  if (value instanceof IpAddress) return value;
  throw typeError('ipaddr', value);
}

const test =
  (holds: (ip: IpAddress) => boolean) =>
  (value: Value): Value =>
    holds(asIp(value));

function isInRange(value: Value, range: Value): Value {
  const ip = asIp(value);
  const { bits, address, prefix } = asIp(range);
  return ip.bits === bits && ip.within(address, prefix);
}

export const ipFunctions: ExtensionFunctions = {
  ip: { one: parse },
  isIpv4: { one: test((ip) => ip.bits === 32) },
  isIpv6: { one: test((ip) => ip.bits === 128) },
  isLoopback: {
    one: test((ip) => (ip.bits === 32 ? ip.within(127n << 24n, 8) : ip.within(1n, 128))),
  },
  isMulticast: {
    one: test((ip) => (ip.bits === 32 ? ip.within(224n << 24n, 4) : ip.within(255n << 120n, 8))),
  },
  isInRange: { two: isInRange },
};
