import type { IncomingMessage, RequestListener } from 'node:http';

const HEADER = 'x-forwarded-for';

/**
 * The address a request comes from. Each proxy adds the one it heard from at the end of
 * X-Forwarded-For; what lies before the entries of our own `proxies` is anybody's claim.
 */
export function clientAddress(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  proxies: number,
): string {
  const claimed = String(headers[HEADER] ?? '').split(',');
  const heard = [...claimed.map((one) => one.trim()).filter(Boolean), socket.remoteAddress ?? ''];
  return heard[Math.max(0, heard.length - 1 - proxies)] || 'unknown';
}

/** Leaves in X-Forwarded-For only what is known, so that nobody gives themselves an address. */
export function withClientAddress(listener: RequestListener, proxies: number): RequestListener {
  return (request, response) => {
    request.headers[HEADER] = clientAddress(request, proxies);
    return listener(request, response);
  };
}
