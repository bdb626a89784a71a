import { digest } from './canonical';
import { conflict } from './problem';

/**
 * 409 unless what is saved is what the change began with, so that nobody saves over what they have
 * not seen. A change that names no digest is made to whatever is there, by its sender's own choice.
 */
export function assertSeen(seen: string | undefined, saved: unknown, what: string): void {
  if (seen === undefined || seen === digest(saved)) return;
  throw conflict(
    'changed_meanwhile',
    `Somebody else has changed ${what} meanwhile. Look at what it is now, then save again.`,
  );
}
