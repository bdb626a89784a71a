import { describe, expect, it } from 'vitest';
import { PAUSE_MS, typingGuard } from './typing-guard';

const key = (at: number, of: { elsewhere?: boolean; ends?: boolean } = {}) => ({
  ...{ at, elsewhere: false, ends: false },
  ...of,
});

describe('the guard of shortcuts', () => {
  it('lets keys through where nobody types', () => {
    const guard = typingGuard();
    expect([0, 10, 20].map((at) => guard.meansText(key(at)))).toEqual([false, false, false]);
  });

  it('takes what is typed on after its field has gone for text, however long it goes on', () => {
    const guard = typingGuard();
    expect(guard.meansText(key(0, { elsewhere: true }))).toBe(true);
    for (let at = 200; at < 10 * PAUSE_MS; at += PAUSE_MS - 1)
      expect(guard.meansText(key(at))).toBe(true);
  });

  it('ends with a pause', () => {
    const guard = typingGuard();
    guard.meansText(key(0, { elsewhere: true }));
    expect(guard.meansText(key(PAUSE_MS))).toBe(false);
  });

  it('ends with Tab, Esc or Enter on a control, and with the pointer', () => {
    const guard = typingGuard();
    guard.meansText(key(0, { elsewhere: true }));
    expect(guard.meansText(key(10, { elsewhere: true, ends: true }))).toBe(true);
    expect(guard.meansText(key(20))).toBe(false);
    guard.meansText(key(30, { elsewhere: true }));
    guard.end();
    expect(guard.meansText(key(40))).toBe(false);
  });
});
