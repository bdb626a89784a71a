import type { Actor } from '@/lib/kernel/actor';
import { dueAt } from './due/age';
import { toDo } from './left';
import { mayCollect, mayFinish, mayRevoke, mayRotate, mayUpdate } from './policy';
import type { RotationRow, SecretRow, VersionRow } from './repo';
import {
  rotator as rotatorSchema,
  type RotationView,
  type SecretVersionView,
  type SecretView,
} from './schema';

interface Around {
  actor: Actor;
  /** The rotation of it under way. */
  rotation: RotationRow | undefined;
  /** The workspace's limit, for secrets without one of their own. */
  maxAgeDays: number;
}

export function secretViewOf(row: SecretRow, { actor, rotation, maxAgeDays }: Around): SecretView {
  const current = row.versions[0];
  const since = current?.activatedAt ?? current?.createdAt ?? null;
  const facts = { state: row.state, rotating: rotation !== undefined };
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    rotator: rotatorSchema.parse(row.rotator),
    origin: row.origin,
    rotateEveryDays: row.rotateEveryDays,
    state: row.state as SecretView['state'],
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    version: current?.version ?? null,
    activatedAt: since?.toISOString() ?? null,
    dueAt: since ? dueAt(since, row.rotateEveryDays ?? maxAgeDays).toISOString() : null,
    rotation: rotation ? { id: rotation.id, step: rotation.step } : null,
    usedBy: row.tools,
    can: {
      update: mayUpdate(actor, facts),
      rotate: mayRotate(actor, facts),
      revoke: mayRevoke(actor, facts),
    },
  };
}

export function versionViewOf(row: Omit<VersionRow, 'ciphertext'>): SecretVersionView {
  return {
    id: row.id,
    version: row.version,
    state: row.state as SecretVersionView['state'],
    upstreamId: row.upstreamId,
    createdAt: row.createdAt.toISOString(),
    activatedAt: row.activatedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}

export function rotationViewOf(row: RotationRow, name: string, actor: Actor): RotationView {
  const { ended } = row.state;
  return {
    id: row.id,
    subjectType: row.subjectType as RotationView['subjectType'],
    subjectId: row.subjectId,
    subjectName: name,
    step: row.step,
    trigger: row.trigger as RotationView['trigger'],
    startedBy: row.startedBy,
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    attempts: row.attempts,
    error: row.error,
    waiting: row.finishedAt ? null : (row.state.waiting ?? null),
    steps: row.state.history,
    successorId: row.state.successorId ?? null,
    nextTryAt: row.finishedAt ? null : (row.nextTryAt?.toISOString() ?? null),
    ended: ended
      ? { by: ended.by, reason: ended.reason, notWithdrawn: ended.left, toDo: toDo(row.id, ended) }
      : null,
    can: {
      collect: mayCollect(actor, { sealed: row.state.sealed !== undefined }),
      finish: mayFinish(actor, row),
    },
  };
}
