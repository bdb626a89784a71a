import { env } from '@/lib/infra/env';
import { conflict } from '@/lib/kernel/problem';

/** Where this console's passkeys work (WebAuthn's relying party), or why they do not. */
export type RelyingParty =
  | { available: true; rpId: string; origin: string }
  | { available: false; reason: string };

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const isAddress = (host: string) => /^(?:\d+\.){3}\d+$|^\[/.test(host);

/**
 * From the console's own address, NEXTAUTH_URL; never from what a request claims. An IP address can
 * be no relying party, so the loopback ones are taken as localhost, which browsers trust without TLS.
 */
export function relyingPartyOf(address: string): RelyingParty {
  const url = new URL(address);
  if (LOOPBACK.has(url.hostname)) {
    url.hostname = 'localhost';
    return { available: true, rpId: 'localhost', origin: url.origin };
  }
  if (isAddress(url.hostname)) {
    return {
      available: false,
      reason: `Passkeys need a host name, and this console is at the address ${url.hostname}. Whoever runs it gives it one in NEXTAUTH_URL.`,
    };
  }
  if (url.protocol !== 'https:') {
    return {
      available: false,
      reason: `Passkeys need https, and this console is at ${url.origin}. Whoever runs it serves it by https and says so in NEXTAUTH_URL.`,
    };
  }
  return { available: true, rpId: url.hostname, origin: url.origin };
}

export function relyingParty(): RelyingParty {
  return relyingPartyOf(env().NEXTAUTH_URL);
}

/** The same, or a Problem that says why there is none. */
export function neededRelyingParty(): Extract<RelyingParty, { available: true }> {
  const party = relyingParty();
  if (!party.available) throw conflict('passkeys_unavailable', party.reason);
  return party;
}
