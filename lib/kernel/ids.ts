import { v7 } from 'uuid';
import { z } from 'zod';

/** `prefix_<uuidv7>`: sortable by time of creation, and says what it names. */
export function newId(prefix: string): string {
  return `${prefix}_${v7()}`;
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
