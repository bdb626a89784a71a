import { readSettings } from '@/lib/domains/workspaces/server';
import { createdKey, toPage } from '@/lib/kernel/page';
import { query } from '@/lib/kernel/verb';
import { mayRead } from '../policy';
import { listSecretRows, loadSecret, openRotations, versionsOf } from '../repo';
import { listSecretsInput, secretPage, secretRef, secretVersions, secretView } from '../schema';
import { secretViewOf, versionViewOf } from '../view';

/** The vault's secrets, newest first; never a value. */
export const listSecrets = query({
  name: 'vault.list_secrets',
  input: listSecretsInput,
  output: secretPage,
  permit: mayRead,
  run: async ({ ctx, input, tx }) => {
    const rows = await listSecretRows(tx, input, input.limit + 1);
    const open = await openRotations(
      tx,
      rows.map((row) => row.id),
    );
    const maxAgeDays = (await readSettings(tx)).secretMaxAgeDays;
    return toPage(rows, input.limit, createdKey, (row) =>
      secretViewOf(row, { actor: ctx.actor, rotation: open.get(row.id), maxAgeDays }),
    );
  },
});

export const getSecret = query({
  name: 'vault.get_secret',
  input: secretRef,
  output: secretView,
  permit: mayRead,
  run: async ({ ctx, input, tx }) => {
    const row = await loadSecret(tx, input.id);
    const rotation = (await openRotations(tx, [row.id])).get(row.id);
    const maxAgeDays = (await readSettings(tx)).secretMaxAgeDays;
    return secretViewOf(row, { actor: ctx.actor, rotation, maxAgeDays });
  },
});

/** A secret's versions, newest first, without what they hold. */
export const listSecretVersions = query({
  name: 'vault.secret_versions',
  input: secretRef,
  output: secretVersions,
  permit: mayRead,
  run: async ({ input, tx }) => {
    const { id } = await loadSecret(tx, input.id);
    return { items: (await versionsOf(tx, id)).map(versionViewOf) };
  },
});
