import { expect, it } from 'vitest';
import type { CredentialView } from '../schema';
import { newestFirst } from './live-credentials';

const made = (id: string, createdAt: string, state: CredentialView['state'] = 'active') =>
  ({ id, createdAt, state }) as CredentialView;

it('credentials of two states are one list, the newest first and each once', () => {
  const older = made('older', '2026-11-01T00:00:00.000Z');
  const middle = made('middle', '2026-11-10T00:00:00.000Z', 'retiring');
  const newer = made('newer', '2026-11-20T00:00:00.000Z');
  const moved = { ...middle, state: 'active' as const };
  expect(newestFirst([moved, older, newer, middle])).toEqual([newer, middle, older]);
});
