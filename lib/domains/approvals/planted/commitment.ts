import { createHash, randomBytes } from 'node:crypto';

const SALT_BYTES = 32;

export function newSalt(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(randomBytes(SALT_BYTES));
}

/**
 * `sha256:…` over the salt's bytes and then the action's id in UTF-8. In the trail from the
 * moment of planting; salt and id follow when it is revealed, so that anyone can see from an
 * export that it was planted before it was decided.
 */
export function commitmentTo(salt: Uint8Array, action: string): string {
  return `sha256:${createHash('sha256').update(salt).update(action, 'utf8').digest('hex')}`;
}
