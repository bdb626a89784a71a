import { z } from 'zod';
import {
  createSecretInput,
  declareSecret,
  revokeSecret,
  updateSecret,
} from '@/lib/domains/vault/server';
import type { Tx } from '@/lib/infra/db';
import { jsonKind, same } from './kind';

const { name, description, rotator, rotateEveryDays } = createSecretInput.shape;
/** A secret without its value, which no file ever has. */
const schema = z.strictObject({ name, description, rotator, rotateEveryDays });
type SecretDocument = z.output<typeof schema>;

export const secretKind = jsonKind<SecretDocument>({
  noun: 'secret',
  folder: 'secrets',
  schema,
  nameOf: (secret) => secret.name,
  read: async (tx) => (await rows(tx)).map((row) => schema.parse(documentOf(row))),
  added: () => ['It has no value until an admin sets one; tools that use it fail until then'],
  removed: async (_, secret) => ({
    words: `The secret ${secret.name} is revoked`,
    details: ['Its values are erased'],
    final: true,
  }),
  apply: async ({ deed, attempt }, was, wanted) => {
    const ids = await idsByName(deed.tx);
    for (const [key, secret] of wanted) {
      const now = was.get(key);
      if (now && same(now, secret)) continue;
      await attempt(secretKind.fileOf(key), () =>
        now
          ? updateSecret.within(deed, { ...secret, id: ids.get(key) })
          : declareSecret.within(deed, secret),
      );
    }
  },
  remove: async ({ deed, attempt }, gone) => {
    const ids = await idsByName(deed.tx);
    for (const secret of gone) {
      await attempt(secretKind.fileOf(secret.name), () =>
        revokeSecret.within(deed, {
          id: ids.get(secret.name),
          reason: 'It is not in the configuration any more.',
        }),
      );
    }
  },
});

function rows(tx: Tx) {
  return tx.secret.findMany({ where: { state: 'active' } });
}

function documentOf(row: Awaited<ReturnType<typeof rows>>[number]) {
  return {
    name: row.name,
    description: row.description,
    rotator: row.rotator,
    rotateEveryDays: row.rotateEveryDays,
  };
}

/** Ids of secrets in use. */
export async function idsByName(tx: Tx): Promise<Map<string, string>> {
  return new Map((await rows(tx)).map((row) => [row.name, row.id]));
}
