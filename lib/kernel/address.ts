import { isIP } from 'node:net';

/**
 * An IP address as policies compare it: one of IPv4 that came over IPv6 (`::ffff:10.0.0.1`) as
 * IPv4, any other of IPv6 as RFC 5952 writes it, with no dots in it and without its zone, which
 * means something on one machine only. Null for what is no address.
 */
export function plainAddress(text: string): string | null {
  const version = isIP(text);
  if (version !== 6) return version === 4 ? text : null;
  const [address] = text.split('%', 1);
  const written = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(written);
  if (!mapped) return written;
  const halves = mapped.slice(1).map((half) => Number.parseInt(half, 16));
  return halves.flatMap((half) => [half >> 8, half & 255]).join('.');
}
