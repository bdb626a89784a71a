import { V7Generator } from 'uuidv7';
import { z } from 'zod';

/** Random numbers are drawn many at a time: each draw of its own would cost more than the id. */
const random = new Uint32Array(1_024);
let used = random.length;

const ids = new V7Generator({
  nextUint32: () => {
    if (used === random.length) {
      crypto.getRandomValues(random);
      used = 0;
    }
    return random[used++] ?? 0;
  },
});

/** `prefix_<uuidv7>`: sortable by time of creation, and says what it names. */
export function newId(prefix: string): string {
  return `${prefix}_${ids.generate().toString()}`;
}

/** Schema of an id with this prefix; refuses others before any database sees them. */
export function idSchema(prefix: string) {
  return z
    .string()
    .regex(
      new RegExp(`^${prefix}_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`),
      `must be an id that begins with ${prefix}_`,
    );
}
