/** The steps of the rotation of an agent's credential: its successor must be taken up by the agent. */
import { inWorkspace, type Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import type { NewEvent } from '@/lib/kernel/event';
import {
  type CredentialRow,
  issueCredential,
  loadCredential,
  moveCredential,
  publicFacts,
} from '@/lib/domains/identity/server';
import { SCHEDULED_OVERLAP_HOURS } from '../due/age';
import { dataKeyOf, type RotationRow } from '../repo';
import { sealVersion } from '../seal';
import { move } from './move';
import { type StepResult, taken, waitFor } from './result';

const HOUR = 3_600_000;

/** `2026-11-23 01:30 UTC`. */
function minute(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function read(ctx: Context, id: string): Promise<CredentialRow> {
  return inWorkspace(ctx.workspace, (tx) => loadCredential(tx, id), { readOnly: true });
}

/** A credential's own event beside the rotation's. */
export function credentialEvent(
  type: string,
  row: { id: string; agentId: string },
  data: Record<string, unknown>,
): NewEvent {
  return { type, object: { type: 'credential', id: row.id }, agent: row.agentId, data };
}

/**
 * requested → created, by the schedule: a successor of the same kind, its private part sealed
 * until the agent or an admin has collected it.
 */
export async function createSuccessor(ctx: Context, rotation: RotationRow): Promise<StepResult> {
  const old = await read(ctx, rotation.subjectId);
  if (old.state === 'revoked') return { fail: 'The credential has been revoked.' };
  return taken(
    await move(ctx, rotation, 'created', async (tx, now) => {
      const life = old.expiresAt ? old.expiresAt.getTime() - old.createdAt.getTime() : null;
      const { row, material } = await issueCredential(tx, {
        workspace: ctx.workspace,
        agentId: old.agentId,
        kind: old.kind === 'secret' ? 'secret' : 'key_pair',
        label: old.label,
        createdBy: ctx.actor.id,
        now,
        expiresAt: life === null ? null : new Date(now.getTime() + life),
        replaces: old.id,
      });
      await moveCredential(tx, old.id, ['active'], 'retiring', now);
      const key = await dataKeyOf(tx, ctx.workspace);
      const sealed = sealVersion(key, ctx.workspace, row.id, JSON.stringify(material));
      return {
        state: {
          successorId: row.id,
          overlapUntil: new Date(now.getTime() + SCHEDULED_OVERLAP_HOURS * HOUR).toISOString(),
          sealed: Buffer.from(sealed).toString('base64'),
        },
        data: { successor: row.id },
        events: [credentialEvent('credential.created', row, publicFacts(row))],
      };
    }),
  );
}

/**
 * created → tested: the successor got its first token, or the time to do so is over. That the old
 * one was revoked is as good, once somebody holds the successor: its only copy may be here.
 */
export async function awaitFirstUse(ctx: Context, rotation: RotationRow): Promise<StepResult> {
  const successor = await read(ctx, rotation.state.successorId ?? '');
  const old = await read(ctx, rotation.subjectId);
  const until = new Date(rotation.state.overlapUntil ?? rotation.startedAt);
  const now = clock.now();
  const oldRevoked = old.state === 'revoked';
  const held = rotation.state.sealed === undefined;
  const proof =
    successor.lastUsedAt !== null ? 'used' : oldRevoked && held ? 'old revoked' : 'none';
  if (successor.state === 'revoked') return { fail: 'The successor has been revoked.' };
  if (proof === 'none' && oldRevoked) {
    // However long it takes: there is no other credential to go back to.
    return waitFor('The old credential is revoked. Waits for the new one to be collected.', HOUR);
  }
  if (proof === 'none' && now < until) {
    return waitFor(
      `Waits for the agent to use its new credential, until ${minute(until)}.`,
      until.getTime() - now.getTime(),
    );
  }
  // What the schedule began must not lock an agent out because nobody looked; a person who
  // asked for a rotation set the time to do so.
  if (proof === 'none' && rotation.trigger === 'schedule') {
    return { fail: 'The new credential was not taken up in time; the old one stays in use.' };
  }
  return taken(await move(ctx, rotation, 'tested', async () => ({ data: { proof } })));
}

/** tested → switched: the successor stands alone from here on, and what was sealed is erased. */
export async function completeHandover(ctx: Context, rotation: RotationRow): Promise<StepResult> {
  const { successorId } = rotation.state;
  const switchedAt = clock.now().toISOString();
  return taken(
    await move(ctx, rotation, 'switched', async () => ({
      state: { switchedAt, sealed: undefined },
      data: { before: { credential: rotation.subjectId }, after: { credential: successorId } },
    })),
  );
}

/** switched → revoked: the old credential, and the tokens obtained with it, stop working. */
export async function revokeOldCredential(
  ctx: Context,
  rotation: RotationRow,
): Promise<StepResult> {
  const old = await read(ctx, rotation.subjectId);
  return taken(
    await move(ctx, rotation, 'revoked', async (tx, now) => {
      const revoked = await moveCredential(tx, old.id, ['active', 'retiring'], 'revoked', now);
      const data = { reason: 'rotated', before: { state: old.state }, after: { state: 'revoked' } };
      return { events: revoked ? [credentialEvent('credential.revoked', old, data)] : [] };
    }),
  );
}

/** Before the switch → failed: the successor goes, the old credential stays in use. */
export async function giveUpSuccessor(
  ctx: Context,
  rotation: RotationRow,
  reason: string,
): Promise<void> {
  const { successorId } = rotation.state;
  const withdraw = async (tx: Tx, now: Date) => {
    await moveCredential(tx, rotation.subjectId, ['retiring'], 'active', now);
    const events: NewEvent[] = [];
    if (successorId !== undefined) {
      const row = await loadCredential(tx, successorId);
      if (await moveCredential(tx, row.id, ['active'], 'revoked', now)) {
        events.push(credentialEvent('credential.revoked', row, { reason: 'rotation failed' }));
      }
    }
    return { state: { sealed: undefined }, data: { reason }, events };
  };
  await move(ctx, rotation, 'failed', withdraw, reason);
}
