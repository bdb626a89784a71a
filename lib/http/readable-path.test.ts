import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { withReadablePath } from './readable-path';

/** What the console's own listener is asked for. */
function asked(url: string): string | undefined {
  let seen: string | undefined;
  const request = { url } as IncomingMessage;
  withReadablePath((given) => (seen = given.url))(request, {} as ServerResponse);
  return seen;
}

it('leaves what decodes as it is', () => {
  for (const url of ['/', '/roles/a%20b', '/api/roles/%C3%A9?q=%ff', '/api/agents?cursor=%zz'])
    expect(asked(url)).toBe(url);
});

it('sends a path that does not decode to where nothing is, and keeps its query', () => {
  expect(asked('/api/roles/%ff')).toBe('/api/nowhere');
  expect(asked('/api/trail/events/%zz?a=1?b')).toBe('/api/nowhere?a=1?b');
  expect(asked('/roles/%ff')).toBe('/nowhere');
  expect(asked('/roles/%20%?tab=1')).toBe('/nowhere?tab=1');
  expect(asked('/%E9')).toBe('/nowhere');
});
