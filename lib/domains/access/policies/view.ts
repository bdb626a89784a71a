import { formerSponsors, sponsoredSince } from '@/lib/domains/agents/server';
import type { Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { digest } from '@/lib/kernel/canonical';
import { clock } from '@/lib/kernel/clock';
import { all, allow, deny } from '@/lib/kernel/verdict';
import { manageAccess } from '../policy';
import { type Change, diff } from './diff';
import { PolicyDocument } from './document';
import { merge } from './merge';
import { draftAbilities } from './policy';
import { readDocument } from './read';
import {
  baseOf,
  type DraftRow,
  lastVersion,
  memberNames,
  type ProofRow,
  type ReplayRow,
  type VersionRow,
} from './repo';
import {
  type Draft,
  type Proof,
  ProofResult,
  type Replay,
  ReplayResult,
  type Version,
} from './schema';

/** What an open draft comes to if it is published now. */
export async function outcomeOf(tx: Tx, row: DraftRow) {
  const base = PolicyDocument.parse((await baseOf(tx, row)).document);
  const draft = PolicyDocument.parse(row.document);
  const current = await readDocument(tx);
  const { document, conflicts } = merge(base, current, draft);
  // Once settled, what it changed is told from where it began.
  const changes = row.state === 'open' ? diff(current, document) : diff(base, draft);
  return { current, document, conflicts: row.state === 'open' ? conflicts : [], changes };
}

/** Who began a draft, and everyone who has changed it. */
export function authorsOf({ createdBy, editors }: Pick<DraftRow, 'createdBy' | 'editors'>) {
  return [...new Set([createdBy, ...editors])];
}

export async function viewDraft(tx: Tx, row: DraftRow, actor: Actor): Promise<Draft> {
  const { current, document, conflicts, changes } = await outcomeOf(tx, row);
  const widens = changes.some((change) => change.widens);
  const names = await memberNames(tx, authorsOf(row));
  const [replay] = row.replays;
  const [proof] = row.proofs;
  const can = draftAbilities(actor, {
    state: row.state,
    authors: authorsOf(row),
    changes: changes.length,
    conflicts,
    widens,
    secondAdmin: current.secondAdmin,
    ...(widens && current.secondAdmin
      ? await sponsorsOf(tx, changes, document, row.createdAt)
      : { sponsors: [], formerSponsors: [] }),
  });
  return {
    id: row.id,
    title: row.title,
    why: row.why,
    state: row.state as Draft['state'],
    base: row.base,
    by: { id: row.createdBy, name: names.get(row.createdBy) ?? row.createdBy },
    editors: row.editors.map((id) => ({ id, name: names.get(id) ?? id })),
    createdAt: row.createdAt.toISOString(),
    settledAt: row.settledAt?.toISOString() ?? null,
    publishedAs: row.publishedAs,
    changes,
    digest: digest(changes),
    widens,
    conflicts,
    replay: replay ? viewReplay(replay, row.revision) : null,
    proof: proof ? viewProof(proof, row.revision, (await lastVersion(tx))?.number ?? 0) : null,
    can,
  };
}

/** Sponsors of the agents that a draft lets do more: itself, or through a role that it is in. */
async function sponsorsOf(
  tx: Tx,
  changes: readonly Change[],
  document: PolicyDocument,
  begun: Date,
): Promise<{ sponsors: string[]; formerSponsors: string[] }> {
  const wide = changes.filter(({ widens }) => widens).map(({ path }) => path.split('/'));
  const touched = Object.entries(document.agents).flatMap(([name, agent]) =>
    wide.some(([of, what = '', part]) => {
      if (of === 'roles') return agent.roles.includes(what);
      if (of === 'agents') return what === name;
      if (of === 'floors' && part !== undefined) return agent.environment === part;
      return true;
    })
      ? [name]
      : [],
  );
  const agents = await tx.agent.findMany({
    where: { name: { in: touched } },
    select: { id: true, sponsorId: true },
  });
  const former = await formerSponsors(
    tx,
    agents.map(({ id }) => id),
  );
  const since = sponsoredSince(begun, clock.now(), true);
  const late = [...former.values()].flat().filter(({ until }) => until > since);
  return {
    sponsors: [...new Set(agents.flatMap(({ sponsorId }) => sponsorId ?? []))],
    formerSponsors: [...new Set(late.map(({ memberId }) => memberId))],
  };
}

export function viewReplay(row: ReplayRow, revision: number): Replay {
  return {
    id: row.id,
    days: row.days,
    status: row.status as Replay['status'],
    done: row.done,
    total: row.total,
    error: row.error,
    outdated: row.revision !== revision,
    result: row.result === null ? null : ReplayResult.parse(row.result),
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

/** A proof is of one draft against what held when it began. */
export function viewProof(row: ProofRow, revision: number, version: number): Proof {
  return {
    id: row.id,
    status: row.status as Proof['status'],
    done: row.done,
    total: row.total,
    error: row.error,
    outdated: row.revision !== revision || row.version !== version,
    result: row.result === null ? null : ProofResult.parse(row.result),
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

export function viewVersion(
  row: VersionRow,
  names: ReadonlyMap<string, string>,
  current: boolean,
  actor: Actor,
): Version {
  return {
    id: row.id,
    number: row.number,
    why: row.why,
    origin: row.origin as Version['origin'],
    by: { id: row.createdBy, name: names.get(row.createdBy) ?? row.createdBy },
    createdAt: row.createdAt.toISOString(),
    changes: row.changes as Version['changes'],
    current,
    can: {
      rollback: all(manageAccess(actor), current ? deny('It is the one that holds now.') : allow),
    },
  };
}
