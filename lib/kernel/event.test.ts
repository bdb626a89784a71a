import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobContext } from './context';
import { eventText, isKeepable, makeEvent } from './event';

/** Text in which what cannot be kept, and what only looks like it, is frequent. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('\0', '\\', 'u', '0000', 'd8ff', '\ud83d', '\ude00', '\x01', 'é', '"'),
      fc.string(),
    ),
  )
  .map((parts) => parts.join(''));

describe('an event’s text', () => {
  it('can be kept exactly if no string in it has a NUL or half a surrogate pair', () => {
    fc.assert(
      fc.property(text, text, (name, value) => {
        const keepable = (part: string) => part.isWellFormed() && !part.includes('\0');
        expect(isKeepable(JSON.stringify({ [name]: [value] }))).toBe(
          keepable(name) && keepable(value),
        );
      }),
    );
  });

  it('is all of the event, and refused where it could not be kept', () => {
    const event = (said: unknown) =>
      makeEvent(jobContext('ws_1', 'test.load'), { type: 'test.happened', data: { said } });
    const plain = event('a path C:\\u0000 and \u{1f600}');
    expect(JSON.parse(eventText(plain))).toEqual(plain);
    expect(() => eventText(event('a NUL \0'))).toThrow('test.happened holds');
    expect(() => eventText(event({ '\ud800': 1 }))).toThrow('test.happened holds');
    expect(() => eventText(event(1n))).toThrow(TypeError);
  });
});
