import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { withClientAddress } from './client-address';

/** What a listener behind `proxies` proxies takes for the address of a request with this header. */
async function seen(proxies: number, forwarded?: string): Promise<unknown> {
  const listener = withClientAddress((request, response) => {
    response.end(request.headers['x-forwarded-for']);
  }, proxies);
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const headers = new Headers(forwarded === undefined ? [] : [['x-forwarded-for', forwarded]]);
  const response = await fetch(`http://127.0.0.1:${port}`, { headers });
  const text = await response.text();
  server.close();
  return text;
}

describe('the address of a request', () => {
  it('is the connection’s where no proxy is trusted, whatever the request claims', async () => {
    expect(await seen(0)).toBe('127.0.0.1');
    expect(await seen(0, '203.0.113.7')).toBe('127.0.0.1');
    expect(await seen(0, '203.0.113.7, 198.51.100.2')).toBe('127.0.0.1');
  });

  it('is what the outermost trusted proxy heard from', async () => {
    expect(await seen(1, '203.0.113.7')).toBe('203.0.113.7');
    expect(await seen(1, 'forged, 203.0.113.7')).toBe('203.0.113.7');
    expect(await seen(2, 'forged, 203.0.113.7, 198.51.100.2')).toBe('203.0.113.7');
  });

  it('is the first there is when fewer proxies spoke than are trusted', async () => {
    expect(await seen(2)).toBe('127.0.0.1');
    expect(await seen(2, '203.0.113.7')).toBe('203.0.113.7');
  });
});
