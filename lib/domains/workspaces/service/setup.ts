import { createHmac, randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { safeEqual } from '@/lib/infra/crypto';
import { db } from '@/lib/infra/db';
import { env, masterKey } from '@/lib/infra/env';
import { clock } from '@/lib/kernel/clock';
import { parse } from '@/lib/kernel/verb';
import { linkEnded } from '../errors';
import { anyWorkspace } from '../repo';
import { setupInput } from '../schema';
import { createWorkspace } from './workspace';

const VALID_MS = 24 * 3_600_000;

const offerFile = z.object({ nonce: z.string(), expiresAt: z.number() });

// The file alone is worth nothing: the token is its nonce under the master key.
const file = () => path.join(env().COUNTERSIGN_DATA_DIR, 'setup.json');

function tokenOf(nonce: string): string {
  return createHmac('sha256', masterKey()).update(`setup:${nonce}`).digest('base64url');
}

async function readOffer() {
  const text = await readFile(file(), 'utf8').catch(() => null);
  if (text === null) return null;
  const offer = offerFile.parse(JSON.parse(text));
  return offer.expiresAt > clock.now().getTime() ? offer : null;
}

/**
 * The one-time link that creates the first admin, or null once there is a workspace. Valid for
 * a day; asked again, it is the same one. Print it to the terminal, never to a log.
 */
export async function firstAdminLink(): Promise<string | null> {
  if (await anyWorkspace(db())) return null;
  let offer = await readOffer();
  if (!offer) {
    offer = {
      nonce: randomBytes(32).toString('base64url'),
      expiresAt: clock.now().getTime() + VALID_MS,
    };
    await mkdir(env().COUNTERSIGN_DATA_DIR, { recursive: true });
    await writeFile(file(), JSON.stringify(offer), { mode: 0o600 });
  }
  return `${env().CONSOLE_URL}/setup#token=${tokenOf(offer.nonce)}`;
}

/** Makes the first workspace and its admin with the link's token; 410 when it has ended. */
export async function setUp(raw: unknown): Promise<{ workspace: string; member: string }> {
  const input = parse(setupInput, raw);
  const offer = await readOffer();
  if (!offer || !safeEqual(input.token, tokenOf(offer.nonce)) || (await anyWorkspace(db()))) {
    throw linkEnded('setup');
  }
  const made = await createWorkspace(
    { name: input.workspaceName, timeZone: input.timeZone },
    { name: input.name, email: input.email, password: input.password },
  );
  await rm(file(), { force: true });
  return made;
}
