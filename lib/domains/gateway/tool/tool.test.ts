import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTool, type TestTool } from '../test/tool';
import { ToolClient } from './client';
import { outcomeOf } from './outcome';
import { toolRequest, unsafeInPath } from './request';

let tool: TestTool;
const client = new ToolClient();

beforeAll(async () => {
  tool = await startTool();
});

afterAll(async () => {
  await client.close();
  await tool.close();
});

const request = (over: Partial<ReturnType<typeof toolRequest>> = {}) => ({
  ...toolRequest(
    { method: 'POST', path_template: '/orders/{id}' },
    { base_url: tool.url, auth: { type: 'none' } },
    { id: '1', note: 'x' },
    undefined,
    'act_1',
  ),
  ...over,
});

async function outcome(readOnly: boolean, timeoutMs = 2_000, over = {}, handled = false) {
  const answer = await client.call(request(over), timeoutMs);
  return outcomeOf(answer, { readOnly, handled, credential: 'tool-credential' });
}

async function resultOf(body: string, type = 'application/json', handled = false) {
  tool.behave((_, response) => void response.writeHead(200, { 'content-type': type }).end(body));
  return (await outcome(false, 2_000, {}, handled)).result;
}

describe('a request', () => {
  it('puts each parameter where it belongs', () => {
    const make = (method: 'GET' | 'POST' | 'DELETE') =>
      toolRequest(
        { method, path_template: '/orders/{id}/x' },
        { base_url: 'http://tool:1/base/', auth: { type: 'header', header: 'X-Key' } },
        { id: 'a/../b?c#d', tags: ['a', 'b'], deep: { x: 1 } },
        'key',
        'act_1',
      );
    expect(make('POST')).toEqual({
      origin: 'http://tool:1',
      path: '/base/orders/a%2F..%2Fb%3Fc%23d/x',
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        'idempotency-key': 'act_1',
        'x-key': 'key',
      },
      body: '{"tags":["a","b"],"deep":{"x":1}}',
    });
    expect(make('GET')).toMatchObject({
      path: '/base/orders/a%2F..%2Fb%3Fc%23d/x?tags=a&tags=b&deep=%7B%22x%22%3A1%7D',
      body: null,
    });
  });

  it('keeps a path parameter within its segment', () => {
    for (const value of ['', '.', '..', null, undefined, {}, []]) {
      expect(unsafeInPath(value)).toBeTypeOf('string');
    }
    expect(unsafeInPath('a/b')).toBeUndefined();
  });
});

describe('an outcome', () => {
  it.each([
    [200, 'succeeded', 'succeeded'],
    [204, 'succeeded', 'succeeded'],
    [301, 'failed', 'unknown'],
    [302, 'failed', 'unknown'],
    [303, 'failed', 'unknown'],
    [307, 'failed', 'failed'],
    [308, 'failed', 'failed'],
    [404, 'failed', 'failed'],
    [500, 'failed', 'unknown'],
    [501, 'failed', 'failed'],
    [503, 'failed', 'unknown'],
  ])('of status %i is %s when reading and %s when writing', async (status, reading, writing) => {
    tool.behave((_, response) => {
      response.statusCode = status;
      if (status < 400) response.setHeader('location', `${tool.url}/elsewhere`);
      response.end();
    });
    const before = tool.seen.length;
    expect((await outcome(true)).outcome).toBe(reading);
    expect((await outcome(false)).outcome).toBe(writing);
    expect(tool.seen.length).toBe(before + 2);
  });

  it('of 503 is failed when it says when to come again', async () => {
    tool.behave((_, response) => void response.writeHead(503, { 'retry-after': '5' }).end());
    expect(await outcome(false)).toMatchObject({
      outcome: 'failed',
      error: { code: 'tool_error', status: 503 },
    });
  });

  it('is unknown for a write that was sent and not answered', async () => {
    tool.behave(() => undefined);
    expect(await outcome(false, 200)).toMatchObject({
      outcome: 'unknown',
      error: { code: 'tool_timeout' },
    });
    expect(await outcome(true, 200)).toMatchObject({ outcome: 'failed' });
    tool.behave((_, response) => void response.destroy());
    expect(await outcome(false)).toMatchObject({
      outcome: 'unknown',
      error: { code: 'tool_connection_lost' },
    });
    tool.behave((_, response) => {
      response.write('{"half":');
      setImmediate(() => response.destroy());
    });
    expect(await outcome(false)).toMatchObject({ outcome: 'unknown' });
  });

  it('is failed when nothing was sent', async () => {
    const unreachable = { origin: 'http://127.0.0.1:1' };
    expect(await outcome(false, 2_000, unreachable)).toMatchObject({
      outcome: 'failed',
      error: { code: 'tool_unreachable' },
    });
  });

  it('drops what is too large, cannot be stored, or is the credential', async () => {
    tool.behave((_, response) => void response.end(Buffer.alloc(2 * 1024 * 1024, 0x31)));
    expect(await outcome(false)).toMatchObject({
      outcome: 'succeeded',
      error: { code: 'tool_answer_too_large' },
    });
    tool.behave((_, response) => void response.end('{"a":"\\u0000"}'));
    expect((await outcome(false)).result).toEqual({
      omitted: 'a has a NUL or half a surrogate pair',
    });
    tool.behave((_, response) => void response.end('{"echo":"Bearer tool-credential"}'));
    expect((await outcome(false)).result).toEqual({ echo: 'Bearer [redacted]' });
    // As other languages write the same text.
    const echo = String.raw`{"echo":["Bearer tool\u002dcredential"],"tool\u002dcredential":{"a\/b":1}}`;
    tool.behave((_, response) => void response.writeHead(403).end(echo));
    expect((await outcome(false)).result).toEqual({
      ...{ echo: ['Bearer [redacted]'], '[redacted]': { 'a/b': 1 } },
    });
    tool.behave((_, response) => void response.end('plain'));
    expect((await outcome(false)).result).toBe('plain');
  });

  it('reads JSON behind a byte order mark, and finds the credential there too', async () => {
    const echo = String.raw`{"echo":"tool\u002dcredential","a":1}`;
    expect(await resultOf(`\uFEFF${echo}`)).toEqual({ echo: '[redacted]', a: 1 });
    expect(await resultOf('\uFEFFplain', 'text/plain')).toBe('plain');
  });

  it('leaves out what is nested too deeply to be looked through', async () => {
    const depth = 200_000;
    const deep = String.raw`${'['.repeat(depth)}"tool\u002dcredential"${']'.repeat(depth)}`;
    expect(await resultOf(deep)).toEqual({ omitted: 'the answer is nested too deeply' });
  });

  it('leaves out broken JSON where fields are handled or the credential may be in it', async () => {
    const left = { omitted: 'the answer says it is JSON and is not' };
    for (const type of ['application/json; charset=utf-8', 'application/problem+json', 'text/JSON'])
      expect(await resultOf('{"pin":"4711"', type, true)).toEqual(left);
    expect(await resultOf('{"pin":1}\n{"pin":2}', 'application/x-ndjson', true)).toEqual(left);
    expect(await resultOf(String.raw`{"echo":"tool\u002dcredential"`)).toEqual(left);
    expect(await resultOf('{"pin":"4711"')).toBe('{"pin":"4711"');
    expect(await resultOf('plain', 'text/plain', true)).toBe('plain');
  });
});
