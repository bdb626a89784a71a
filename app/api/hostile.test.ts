import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { nobodys } from './test/ids';
import { bodyOf, fieldsOf, fill, placesOf, type Route, routes } from './test/requests';

const texts =
  "| |harbour|%zz|\0|../..|::1|http://|https://[|{|[|-|*|2026-13-45T99:99:99Z|act_|'; DROP TABLE actions";
/** What no form sends. */
const hostile: readonly unknown[] = [
  ...texts.split('|'),
  ...['9'.repeat(400), 'é'.repeat(3_000)],
  ...[-1, 1.5, 1e308, Number.NaN, true, null],
  ...[[], [null], [[]], {}, { __proto__: null, toString: 1 }],
];

/** The value with one of its parts, however deep, replaced by `other`: every such value. */
function* replaced(value: unknown, other: unknown): Generator<unknown> {
  yield other;
  if (Array.isArray(value)) {
    for (const [at, part] of value.entries())
      for (const one of replaced(part, other)) yield value.with(at, one);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, part] of Object.entries(value))
      for (const one of replaced(part, other)) yield { ...value, [name]: one };
  }
}

/** Valid input of an endpoint, with every field that it may have beside. */
function* inputs(route: Route): Generator<unknown> {
  const { endpoint } = route;
  const ids = nobodys();
  const places = placesOf(endpoint.path).map(({ name }) => name);
  const values = new RegExp(`^${endpoint.path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`).exec(
    fill(endpoint.path, ids),
  );
  const path = Object.fromEntries(places.map((name, at) => [name, values?.[at + 1]]));
  const valid = { ...path, ...(endpoint.method === 'GET' ? {} : bodyOf(endpoint, ids)) };
  for (const other of hostile) {
    yield* replaced(valid, other);
    for (const field of fieldsOf(route)) yield { ...valid, [field]: other };
  }
}

describe('hostile input', () => {
  it.each(routes)('$name is checked without an error of our own', (route) => {
    const { input } = route.endpoint.operation;
    for (const value of inputs(route)) {
      const check = () => z.safeParse(input, value);
      expect(check, JSON.stringify(value)?.slice(0, 300)).not.toThrow();
    }
  });
});
