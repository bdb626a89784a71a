/** What a configuration would change, told by doing it. */
import { diff, lockVersions, readDocument } from '@/lib/domains/access/server';
import { sha256Hex } from '@/lib/infra/crypto';
import type { Tx } from '@/lib/infra/db';
import { canonicalJson } from '@/lib/kernel/canonical';
import { conflict } from '@/lib/kernel/problem';
import { invalidConfiguration } from './errors';
import type { Kind, Work } from './kinds/kind';
import { kinds } from './kinds';
import { type Documents, perform, printAll, readCurrent } from './perform';
import type { FileChange, Files, Plan } from './schema';
import { readWanted, type Wanted } from './wanted';

/** A first configuration of thousands of things takes its time; a client waits for five minutes. */
export const PLAN_TIMEOUT_MS = 280_000;

/**
 * Makes the workspace what the files say, and tells what that is. The caller keeps the
 * transaction or gives it up. Throws 422 with every problem of the files, by file and line.
 */
export async function performPlan(deed: Work['deed'], files: Files): Promise<Plan> {
  const { tx } = deed;
  const wanted = readWanted(files);
  await lockVersions(tx);
  const current = await readCurrent(tx);
  const policies = await readDocument(tx);
  const changes = await changesOf(tx, current, wanted);
  const { problems, touched } = await perform(deed, current, wanted);
  if (problems.length > 0) throw invalidConfiguration(problems);
  if (touched) await assertAlike(tx, wanted, current);
  const then = touched ? await readDocument(tx) : policies;
  const effects = diff(policies, then).map(({ words, widens }) => ({ words, widens }));
  const before = printAll(current);
  const seen = {
    // In no order: what is told may come in another one, and is the same plan.
    changes: setOf(changes.map((change) => ({ ...change, details: setOf(change.details) }))),
    effects: setOf(effects),
    before,
    after: printAll(wanted.documents),
  };
  const widens = effects.some((effect) => effect.widens);
  return {
    digest: `sha256:${sha256Hex(canonicalJson(seen))}`,
    changes,
    effects,
    widens,
    needsSecondAdmin: widens && policies.secondAdmin,
  };
}

function setOf(items: readonly unknown[]): string[] {
  return items.map((item) => canonicalJson(item)).toSorted();
}

/** Nothing else came between, and nothing was left out: what stands now is what the files say. */
async function assertAlike(tx: Tx, wanted: Wanted, was: Documents): Promise<void> {
  const now = printAll(await readCurrent(tx));
  const said = { ...unsaid(was, wanted), ...printAll(wanted.documents) };
  const differing = [...new Set([...Object.keys(now), ...Object.keys(said)])].find(
    (file) => now[file] !== said[file],
  );
  if (differing === undefined) return;
  throw conflict(
    'changed_meanwhile',
    `Someone else has changed ${differing} meanwhile. Plan once more.`,
  );
}

/** A configuration without workspace.json leaves the settings as they were. */
function unsaid(was: Documents, wanted: Wanted): Record<string, string> {
  const kept = kinds.filter(
    (kind) => kind.noun === 'workspace' && wanted.documents.get(kind)?.size === 0,
  );
  return printAll(new Map(kept.map((kind) => [kind, was.get(kind) ?? new Map()])));
}

/** What becomes of each thing, in the order of the kinds, removals last and in the opposite one. */
async function changesOf(tx: Tx, current: Documents, wanted: Wanted): Promise<FileChange[]> {
  const changes: FileChange[] = [];
  const removals: FileChange[] = [];
  for (const kind of kinds) {
    const was = current.get(kind) ?? new Map<string, unknown>();
    const is = wanted.documents.get(kind) ?? new Map<string, unknown>();
    const due = await kind.due?.(tx, is);
    for (const [name, document] of is) {
      const change = changeOf(kind, was.get(name), document, due?.get(name) ?? []);
      if (change) changes.push({ file: kind.fileOf(name), ...change });
    }
    if (kind.noun === 'workspace') continue;
    for (const [name, document] of [...was].toReversed()) {
      if (is.has(name)) continue;
      const removed = await kind.removed(tx, document);
      removals.push({ file: kind.fileOf(name), kind: 'removed', ...removed });
    }
  }
  return [...changes, ...removals.toReversed()];
}

function changeOf(
  kind: Kind,
  was: unknown,
  is: unknown,
  due: string[],
): Omit<FileChange, 'file'> | undefined {
  const called = kind.noun === 'workspace' ? kind.noun : `${kind.noun} ${kind.nameOf(is)}`;
  if (was === undefined) {
    const details = kind.added(is);
    return { kind: 'added', words: `The ${called} is made`, details, final: false };
  }
  const equal = kind.print(was) === kind.print(is);
  if (equal && due.length === 0) return undefined;
  const details = [...(equal ? [] : kind.changed(was, is)), ...due];
  return { kind: 'changed', words: `The ${called} is changed`, details, final: false };
}
