import { open, seal, unwrapDataKey } from '@/lib/infra/crypto';
import type { Tx } from '@/lib/infra/db';

const contextOf = (channel: string, what: string) => `notification-channel:${channel}:${what}`;

/** The address of a channel, or the secret that signs what is sent there. */
type What = 'target' | 'secret';

async function keyOf(tx: Tx, workspace: string): Promise<Buffer> {
  const { dataKey } = await tx.workspace.findUniqueOrThrow({
    where: { id: workspace },
    select: { dataKey: true },
  });
  return unwrapDataKey(dataKey, workspace);
}

/** Seals it so that it opens for no other channel and no other workspace. */
export async function sealed(
  tx: Tx,
  workspace: string,
  channel: string,
  what: What,
  clear: string,
): Promise<Uint8Array<ArrayBuffer>> {
  return seal(await keyOf(tx, workspace), clear, contextOf(channel, what));
}

interface Sealed {
  id: string;
  workspaceId: string;
  target: Uint8Array | null;
  secret: Uint8Array | null;
  previousSecret: Uint8Array | null;
  previousUntil: Date | null;
}

/** In the clear, for as long as it takes to send; never for an answer, a log or an event. */
export interface Opened {
  url: string;
  /** The current one first. */
  secrets: string[];
}

export async function opened(tx: Tx, channel: Sealed, now: Date): Promise<Opened> {
  const key = await keyOf(tx, channel.workspaceId);
  const clear = (bytes: Uint8Array, what: What) =>
    open(key, bytes, contextOf(channel.id, what)).toString('utf8');
  const { target, secret, previousSecret, previousUntil } = channel;
  const previous = previousUntil && previousUntil > now ? previousSecret : null;
  return {
    url: target ? clear(target, 'target') : '',
    secrets: [secret, previous].flatMap((each) => (each ? [clear(each, 'secret')] : [])),
  };
}
