import { createHmac, randomBytes } from 'node:crypto';
import { safeEqual } from '@/lib/infra/crypto';
import { db } from '@/lib/infra/db';
import { env, masterKey } from '@/lib/infra/env';
import { clock } from '@/lib/kernel/clock';
import { parse } from '@/lib/kernel/verb';
import { linkEnded } from '../errors';
import { anyWorkspace, endSetupOffer, findSetupOffer, makeSetupOffer } from '../repo';
import { setupInput } from '../schema';
import { createWorkspace } from './workspace';

const VALID_MS = 24 * 3_600_000;

// What the database has is worth nothing alone: the token is its nonce under the master key.
function tokenOf(nonce: string): string {
  return createHmac('sha256', masterKey()).update(`setup:${nonce}`).digest('base64url');
}

/**
 * The one-time link that creates the first admin, or null once there is a workspace. Valid for
 * a day; asked again, by any process, it is the same one. Print it to the terminal, never to a log.
 */
export async function firstAdminLink(): Promise<string | null> {
  if (await anyWorkspace(db())) return null;
  await makeSetupOffer(db(), {
    nonce: randomBytes(32).toString('base64url'),
    expiresAt: new Date(clock.now().getTime() + VALID_MS),
  });
  const nonce = await findSetupOffer(db());
  return nonce === undefined ? null : `${env().CONSOLE_URL}/setup#token=${tokenOf(nonce)}`;
}

/** Makes the first workspace and its admin with the link's token; 410 when it has ended. */
export async function setUp(raw: unknown): Promise<{ workspace: string; member: string }> {
  const input = parse(setupInput, raw);
  const nonce = await findSetupOffer(db());
  if (
    nonce === undefined ||
    !safeEqual(input.token, tokenOf(nonce)) ||
    (await anyWorkspace(db()))
  ) {
    throw linkEnded('setup');
  }
  const made = await createWorkspace(
    { name: input.workspaceName, timeZone: input.timeZone },
    { name: input.name, email: input.email, password: input.password },
  );
  await endSetupOffer(db());
  return made;
}
