import { z } from 'zod';
import { inWorkspace } from '@/lib/infra/db';
import { logger } from '@/lib/infra/logger';
import { clock } from '@/lib/kernel/clock';
import { jobContext } from '@/lib/kernel/context';
import { allow } from '@/lib/kernel/verdict';
import { query, verb } from '@/lib/kernel/verb';
import { originOf, verifierOf } from '../checkpoint';
import { readKeys } from '../keys';
import { type Checkpoint, openCheckpoint } from '../note';
import { maySeeCheckpoint } from '../policy';
import { type CheckpointRow, latestCheckpointRow, reading } from '../repo';
import { nothing } from '../schema';
import { ProofReader } from '../tiles/read';
import type { Landmark } from '../verification/broken';
import { type Place, type PlaceName, places } from './place';
import { type AnchorRow, findAnchors, type Kept, noteFailure, noteKept } from './repo';
import { anchorsView } from './schema';
import { configuredWitness, Contradicted, cosign, type Witness } from './witness';

const JOB = 'trail.anchor';

const said: Record<PlaceName, string> = {
  folder: 'A checkpoint kept in the folder says',
  bucket: 'A checkpoint kept in the bucket says',
  witness: 'A checkpoint that the witness cosigned says',
};

const failed = z.object({ place: z.custom<PlaceName>(), error: z.string() });

/** The first failure of a place is an alert; the tries after it are only noted. */
const alert = verb({
  name: 'trail.anchor',
  input: failed,
  output: z.undefined(),
  permit: () => allow,
  run: async ({ ctx, input: { error, place }, tx, event }) => {
    await noteFailure(tx, ctx.workspace, place, undefined, error);
    event({
      type: 'trail.anchor_failed',
      object: { type: 'trail', id: ctx.workspace },
      outcome: 'failed',
      data: { place, error },
    });
    return undefined;
  },
});

const recovered = verb({
  name: 'trail.anchor',
  input: z.object({ place: z.custom<PlaceName>(), kept: z.custom<Kept>(), since: z.date() }),
  output: z.undefined(),
  permit: () => allow,
  run: async ({ ctx, input: { kept, place, since }, tx, event }) => {
    await noteKept(tx, ctx.workspace, place, kept);
    event({
      type: 'trail.anchor_recovered',
      object: { type: 'trail', id: ctx.workspace },
      outcome: 'succeeded',
      data: { place, failing_since: since.toISOString(), size: kept.size },
    });
    return undefined;
  },
});

/**
 * Keeps the log's newest checkpoint in each place that does not have it yet. A place that
 * fails is tried again later and keeps nobody waiting. Answers what contradicts the log: a
 * place that knows another history than the database has.
 */
export async function anchor(workspace: string): Promise<string[]> {
  const [kept, witness] = [places(), configuredWitness()];
  if (kept.length === 0 && !witness) return [];
  const head = await reading(workspace, (client) => latestCheckpointRow(client, workspace));
  if (!head) return [];
  const rows = await inWorkspace(workspace, (tx) => findAnchors(tx));
  const contradictions: string[] = [];
  const each = async (place: PlaceName, write: (row: AnchorRow | undefined) => Promise<Kept>) => {
    const row = rows.find((one) => one.place === place);
    if (row && !isDue(row, head)) return;
    try {
      await noted(workspace, place, row, await write(row));
    } catch (error) {
      if (error instanceof Contradicted) contradictions.push(error.message);
      await noteTrouble(workspace, place, row, error);
    }
  };
  for (const place of kept) {
    await each(place.name, (row) => keep(place, workspace, head, row));
  }
  if (witness) await each('witness', (row) => cosigned(witness, workspace, head, row));
  return contradictions;
}

function isDue(row: AnchorRow, head: CheckpointRow): boolean {
  if (row.failingSince && row.nextTryAt > clock.now()) return false;
  return Number(row.size) !== head.size || row.failingSince !== null;
}

async function noted(
  workspace: string,
  place: PlaceName,
  row: AnchorRow | undefined,
  kept: Kept,
): Promise<void> {
  if (row?.failingSince) {
    await recovered(jobContext(workspace, JOB), { place, kept, since: row.failingSince });
  } else {
    await inWorkspace(workspace, (tx) => noteKept(tx, workspace, place, kept));
  }
}

async function noteTrouble(
  workspace: string,
  place: PlaceName,
  row: AnchorRow | undefined,
  problem: unknown,
): Promise<void> {
  const error = problem instanceof Error ? problem.message : String(problem);
  logger.error({ workspace, place, error }, 'a checkpoint could not be kept outside the database');
  if (!row?.failingSince) await alert(jobContext(workspace, JOB), { place, error });
  else await inWorkspace(workspace, (tx) => noteFailure(tx, workspace, place, row, error));
}

async function keep(
  place: Place,
  workspace: string,
  head: CheckpointRow,
  row: AnchorRow | undefined,
): Promise<Kept> {
  await assertExtends(workspace, head, row, place.name);
  const note = await place.keep(workspace, head.size, head.note);
  const { root } = await genuine(workspace, note);
  if (!root.equals(head.root)) {
    throw new Contradicted(`${said[place.name]} ${head.size} events, with another root.`);
  }
  return { size: head.size, root, note };
}

/** A log that does not extend what is kept already is not to be kept beside it. */
async function assertExtends(
  workspace: string,
  head: CheckpointRow,
  row: AnchorRow | undefined,
  place: PlaceName,
): Promise<void> {
  if (!row?.root) return;
  const [size, root] = [Number(row.size), Buffer.from(row.root)];
  if (size > head.size) {
    throw new Contradicted(`${said[place]} ${size} events, but the log has ${head.size}.`);
  }
  const now = await reading(workspace, (client) =>
    new ProofReader(client, workspace, head.size).rootAt(size),
  );
  if (!now.equals(root)) {
    throw new Contradicted(
      `${said[place]} ${size} events, and the first ${size} now are not those.`,
    );
  }
}

async function cosigned(
  witness: Witness,
  workspace: string,
  head: CheckpointRow,
  row: AnchorRow | undefined,
): Promise<Kept> {
  const note = await cosign(witness, {
    note: head.note,
    size: head.size,
    cosigned: Number(row?.size ?? 0),
    proof: (older) =>
      reading(workspace, (client) =>
        new ProofReader(client, workspace, head.size).consistency(older),
      ),
  });
  return { size: head.size, root: head.root, note };
}

/** Opens a checkpoint that any version of the log's key signed; what is stored says only how many there are. */
async function genuine(workspace: string, note: string): Promise<Checkpoint> {
  const chain = await reading(workspace, (client) => readKeys(client, workspace));
  const verifiers = chain.map(({ version }) => verifierOf(workspace, version));
  return openCheckpoint(note, verifiers, originOf(workspace));
}

export interface Known {
  landmarks: Landmark[];
  /** What is kept in a place and is no checkpoint of this log. */
  suspicions: string[];
}

/** The trees that the places know the log to have been. */
export async function knownOutside(workspace: string): Promise<Known> {
  const rows = await inWorkspace(workspace, (tx) => findAnchors(tx));
  const known: Known = { landmarks: [], suspicions: [] };
  for (const row of rows) {
    if (!row.root) continue;
    known.landmarks.push({
      size: Number(row.size),
      root: Buffer.from(row.root),
      said: said[row.place as PlaceName],
    });
  }
  for (const place of places()) {
    const size = Number(rows.find((row) => row.place === place.name)?.size ?? 0);
    const notes = await place.read(workspace, size).catch((error: unknown) => {
      // Whoever cannot be reached says nothing about the log; keeping the next one will fail loudly.
      logger.warn({ err: error, workspace, place: place.name }, 'kept checkpoints not readable');
      return [];
    });
    for (const note of new Set(notes)) {
      try {
        const { root, size: signed } = await genuine(workspace, note);
        known.landmarks.push({ size: signed, root, said: said[place.name] });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        known.suspicions.push(`What is kept in the ${place.name} is not genuine: ${reason}.`);
      }
    }
  }
  return known;
}

/** Where checkpoints are kept outside the database, and how far. */
export const listAnchors = query({
  name: 'trail.anchors',
  input: nothing,
  output: anchorsView,
  permit: maySeeCheckpoint,
  run: async ({ tx }) => {
    const rows = await findAnchors(tx);
    const names: PlaceName[] = [
      ...places().map(({ name }) => name),
      ...(configuredWitness() ? (['witness'] as const) : []),
    ];
    return {
      items: names.map((place) => {
        const row = rows.find((one) => one.place === place);
        return {
          place,
          size: Number(row?.size ?? 0),
          written_at: row?.writtenAt?.toISOString() ?? null,
          failing_since: row?.failingSince?.toISOString() ?? null,
          error: row?.error ?? null,
        };
      }),
    };
  },
});
