import { clock } from '@/lib/kernel/clock';
import { createdKey, toPage } from '@/lib/kernel/page';
import { query } from '@/lib/kernel/verb';
import { mayRead } from '../policy';
import {
  credentialsOfAgent,
  inRotation,
  listCredentials as listRows,
  loadCredential,
} from '../repo';
import {
  credentialChain,
  credentialPage,
  credentialRef,
  credentialView,
  listCredentialsInput,
} from '../schema';
import { chainOf } from '../chain';
import { viewOf } from '../view';

/** The workspace's credentials, newest first; of one agent or in one state when asked. */
export const listCredentials = query({
  name: 'identity.list_credentials',
  input: listCredentialsInput,
  output: credentialPage,
  permit: mayRead,
  run: async ({ ctx, input, tx }) => {
    const now = clock.now();
    const rows = await listRows(tx, input, input.limit + 1);
    const open = await inRotation(tx, rows);
    return toPage(rows, input.limit, createdKey, (row) =>
      viewOf(row, ctx.actor, now, open.get(row.id)),
    );
  },
});

export const getCredential = query({
  name: 'identity.get_credential',
  input: credentialRef,
  output: credentialView,
  permit: mayRead,
  run: async ({ ctx, input, tx }) => {
    const row = await loadCredential(tx, input.id);
    const open = await inRotation(tx, [row]);
    return viewOf(row, ctx.actor, clock.now(), open.get(row.id));
  },
});

/** The chain a credential is part of: what it replaced and what replaced it, newest first. */
export const credentialVersions = query({
  name: 'identity.credential_versions',
  input: credentialRef,
  output: credentialChain,
  permit: mayRead,
  run: async ({ ctx, input, tx }) => {
    const wanted = await loadCredential(tx, input.id);
    const chain = chainOf(await credentialsOfAgent(tx, wanted.agentId), wanted.id);
    const now = clock.now();
    const open = await inRotation(tx, chain);
    return { items: chain.map((row) => viewOf(row, ctx.actor, now, open.get(row.id))) };
  },
});
