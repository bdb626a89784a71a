import { createHmac, randomBytes } from 'node:crypto';
import { safeEqual } from '@/lib/infra/crypto';
import { db } from '@/lib/infra/db';
import { env, masterKey } from '@/lib/infra/env';
import { clock } from '@/lib/kernel/clock';
import { parse } from '@/lib/kernel/verb';
import { linkEnded } from '../errors';
import { anyWorkspace, findSetupOffer, makeSetupOffer } from '../repo';
import { setupInput } from '../schema';
import { createWorkspace } from './workspace';

const VALID_MS = 24 * 3_600_000;

// What the database has is worth nothing alone: the token is its nonce under the master key.
function tokenOf(nonce: string): string {
  return createHmac('sha256', masterKey()).update(`setup:${nonce}`).digest('base64url');
}

/**
 * The one-time link that makes a workspace and its first admin. Valid for a day; asked again, by
 * any process, it is the same one. Print it to the terminal, never to a log.
 */
export async function newWorkspaceLink(): Promise<string> {
  for (;;) {
    await makeSetupOffer(db(), {
      nonce: randomBytes(32).toString('base64url'),
      further: await anyWorkspace(db()),
      expiresAt: new Date(clock.now().getTime() + VALID_MS),
    });
    const offer = await findSetupOffer(db());
    // Taken in the meantime, it makes place for another.
    if (offer) return `${env().CONSOLE_URL}/setup#token=${tokenOf(offer.nonce)}`;
  }
}

/** The same for the first workspace, which `npm start` prints; null once there is one. */
export async function firstAdminLink(): Promise<string | null> {
  return (await anyWorkspace(db())) ? null : newWorkspaceLink();
}

/** Makes the workspace and its admin with the link's token; 410 when it has ended. */
export async function setUp(raw: unknown): Promise<{ workspace: string; member: string }> {
  const input = parse(setupInput, raw);
  const offer = await findSetupOffer(db());
  if (!offer || !safeEqual(input.token, tokenOf(offer.nonce))) throw linkEnded('setup');
  return createWorkspace(
    { name: input.workspaceName, timeZone: input.timeZone, offer: offer.nonce },
    { name: input.name, email: input.email, password: input.password },
  );
}
