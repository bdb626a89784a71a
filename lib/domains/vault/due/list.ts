import {
  countDueCredentials,
  type CredentialRow,
  dueCredentials,
  type DuePlace,
  mayRotateCredential,
} from '@/lib/domains/identity/server';
import { readSettings } from '@/lib/domains/workspaces/server';
import type { Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { clock } from '@/lib/kernel/clock';
import { decodeCursor, toPage } from '@/lib/kernel/page';
import { invalid } from '@/lib/kernel/problem';
import { all } from '@/lib/kernel/verdict';
import { query } from '@/lib/kernel/verb';
import { mayBegin, mayRead, mayRotate } from '../policy';
import { openRotations, type RotationRow, type SecretRow } from '../repo';
import {
  DUE_SOON_DAYS,
  type DueItem,
  dueList,
  listDueInput,
  rotator as rotatorSchema,
} from '../schema';
import { credentialName } from '../service/names';
import { takeoverIn } from '../service/start';
import { SCHEDULED_OVERLAP_HOURS } from './age';
import { countDueSecrets, dueSecrets } from './repo';

interface Asked {
  after: DuePlace | undefined;
  /** Only what the schedule is to renew by then. */
  begins?: Date;
  take: number;
}

/** Secrets and credentials in use by the day each is due, the most urgent first. */
export async function readDue(tx: Tx, actor: Actor, asked: Asked): Promise<DueItem[]> {
  const settings = await readSettings(tx);
  const { after, begins: now, take } = asked;
  const secrets = await dueSecrets(tx, {
    maxAgeDays: settings.secretMaxAgeDays,
    begins: now && { now },
    after,
    take,
  });
  const credentials = await dueCredentials(tx, {
    maxAgeDays: settings.credentialMaxAgeDays,
    begins: now && { now, leadHours: SCHEDULED_OVERLAP_HOURS },
    after,
    take,
  });
  const replaced = credentials.flatMap(({ row }) => row.replaces ?? []);
  const open = await openRotations(tx, [
    ...[...secrets, ...credentials].map(({ row }) => row.id),
    ...replaced,
  ]);
  const items = [
    ...secrets.map(({ row, dueAt }) => ({
      ...ofSecret(row, open.get(row.id), settings.secretMaxAgeDays, actor),
      dueAt: dueAt.toISOString(),
    })),
    ...credentials.map(({ row, dueAt }) => ({
      ...ofCredential(row, open, settings.credentialMaxAgeDays, actor),
      dueAt: dueAt.toISOString(),
    })),
  ];
  // As each of the two is in the database: by the day, then by the id's bytes.
  items.sort((a, b) => compare(a.dueAt, b.dueAt) || compare(a.id, b.id));
  return items.slice(0, take);
}

/** The place of an item, from where the next page goes on. */
export function placeOf(item: DueItem): DuePlace {
  return { dueAt: new Date(item.dueAt), id: item.id };
}

export const listDue = query({
  name: 'vault.list_due',
  input: listDueInput,
  output: dueList,
  permit: mayRead,
  run: async ({ ctx, input, tx }) => {
    const after = input.cursor === undefined ? undefined : placeIn(input.cursor);
    const items = await readDue(tx, ctx.actor, { after, take: input.limit + 1 });
    const { secretMaxAgeDays, credentialMaxAgeDays } = await readSettings(tx);
    const now = clock.now();
    const soon = new Date(now.getTime() + DUE_SOON_DAYS * 86_400_000);
    const secrets = await countDueSecrets(tx, secretMaxAgeDays, { now, soon });
    const credentials = await countDueCredentials(tx, credentialMaxAgeDays, { now, soon });
    const page = toPage(
      items,
      input.limit,
      ({ dueAt, id }) => [dueAt, id],
      (item) => item,
    );
    return {
      ...page,
      counts: {
        inUse: secrets.inUse + credentials.inUse,
        overdue: secrets.overdue + credentials.overdue,
        soon: secrets.soon + credentials.soon,
      },
      secretMaxAgeDays,
      credentialMaxAgeDays,
    };
  },
});

function placeIn(cursor: string): DuePlace {
  const [time = '', id = ''] = decodeCursor(cursor, 2);
  const dueAt = new Date(time);
  if (!Number.isNaN(dueAt.getTime())) return { dueAt, id };
  throw invalid([{ field: 'cursor', message: 'is not a cursor of this list; start without one' }]);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

type Undated = Omit<DueItem, 'dueAt'>;

function ofSecret(
  row: SecretRow,
  rotation: RotationRow | undefined,
  workspaceMax: number,
  actor: Actor,
): Undated {
  const { kind } = rotatorSchema.parse(row.rotator);
  const since = row.versions[0]?.activatedAt ?? row.createdAt;
  return {
    subjectType: 'secret',
    id: row.id,
    name: row.name,
    kind,
    agentId: null,
    since: since.toISOString(),
    maxAgeDays: row.rotateEveryDays ?? workspaceMax,
    automatic: kind !== 'manual' && row.versions.length > 0,
    rotation: rotation ? { id: rotation.id, step: rotation.step } : null,
    can: { rotate: mayRotate(actor, { state: row.state, rotating: rotation !== undefined }) },
  };
}

function ofCredential(
  row: CredentialRow,
  open: Map<string, RotationRow>,
  workspaceMax: number,
  actor: Actor,
): Undated {
  const rotation = open.get(row.id);
  return {
    subjectType: 'credential',
    id: row.id,
    name: credentialName(row),
    kind: row.kind,
    agentId: row.agentId,
    since: row.createdAt.toISOString(),
    maxAgeDays: workspaceMax,
    automatic: row.agent.state === 'active' || row.agent.state === 'probation',
    rotation: rotation ? { id: rotation.id, step: rotation.step } : null,
    can: {
      rotate: all(
        mayRotateCredential(actor, { state: row.state, agentState: row.agent.state }),
        mayBegin({
          rotating: rotation !== undefined,
          takesOver: takeoverIn(open, row) !== undefined,
        }),
      ),
    },
  };
}
