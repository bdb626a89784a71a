import { Prisma, type Tx } from '@/lib/infra/db';
import { withPlanted } from '@/lib/infra/planted';
import type { ProtectedClass } from './fields';

/** Actions blanked by one statement, so that none holds its locks for long. */
const BATCH = 5_000;
/** A held action ends at most a week after it was proposed, and then some. */
const LONGEST_LIFE = Prisma.sql`interval '10 days'`;

const ERASED = '{"erased":true}';
const GONE = '[erased]';

interface Place {
  /** 2026-11, UTC. */
  month: string;
  classification: ProtectedClass;
}

/**
 * Takes the clear payload of ended actions out of the control database, where the key of their
 * month and classification is destroyed: what they were proposed with by the month of their
 * creation, what came back by the month of their end, and what an approver was shown. Their
 * summary, why and reasons stay, as in the trail. Returns how many rows it changed; one that
 * has not ended yet is left to a later call.
 */
export async function blankActions(tx: Tx, place: Place): Promise<number> {
  // A planted request holds a copy of what another one held.
  const proposed = await withPlanted(tx, () => blankProposed(tx, place));
  return proposed + (await blankResults(tx, place));
}

/** Whether one batch was not enough. */
export function mayBeMore(blanked: number): boolean {
  return blanked >= BATCH;
}

const ended = Prisma.sql`status NOT IN ('pending', 'approved', 'running')`;

// As protectedClass of fields.ts: what is not known counts as Restricted.
function ofClass(classification: ProtectedClass): Prisma.Sql {
  return classification === 'Confidential'
    ? Prisma.sql`classification = 'Confidential'`
    : Prisma.sql`classification NOT IN ('Public', 'Internal', 'Confidential')`;
}

/** The amounts of two days are still counted against daily limits; a later call takes them. */
const counted = Prisma.sql`(created_at > now() - interval '2 days')`;

function blankProposed(tx: Tx, { month, classification }: Place): Promise<number> {
  const start = new Date(`${month}-01T00:00:00Z`);
  return tx.$executeRaw`
    WITH blanked AS (
      UPDATE actions
         SET parameters = ${ERASED}::json, evidence = '[]', untrusted = '[]',
             amount = CASE WHEN ${counted} THEN amount END
       WHERE id = ANY (ARRAY(
         SELECT id FROM actions
          WHERE workspace_id = current_workspace() AND ${ofClass(classification)} AND ${ended}
            AND created_at >= ${start} AND created_at < ${start}::timestamptz + interval '1 month'
            AND (parameters::text <> ${ERASED} OR (amount IS NOT NULL AND ${counted} IS FALSE))
          LIMIT ${BATCH}))
      RETURNING id
    ), shown AS (
      UPDATE approvals
         SET display = (display - 'answers' - 'narrowed') || jsonb_build_object(
               'sentence', display -> 'summary', 'parameters', ${ERASED}::jsonb,
               'evidence', '[]'::jsonb, 'untrusted', '[]'::jsonb, 'amount', NULL),
             narrowed = CASE WHEN narrowed IS NOT NULL THEN ${ERASED}::jsonb END
       WHERE action_id IN (SELECT id FROM blanked)
    ), wrong AS (
      UPDATE planted_requests
         SET wrong = wrong || jsonb_build_object('planted', ${GONE}::text, 'right', ${GONE}::text)
       WHERE action_id IN (SELECT id FROM blanked)
    ), asked AS (
      UPDATE approval_questions
         SET question = ${GONE}, answer = CASE WHEN answer IS NOT NULL THEN ${GONE} END
       WHERE action_id IN (SELECT id FROM blanked)
    )
    SELECT 1 FROM blanked`;
}

function blankResults(tx: Tx, { month, classification }: Place): Promise<number> {
  const start = new Date(`${month}-01T00:00:00Z`);
  return tx.$executeRaw`
    UPDATE actions SET result = ${ERASED}::json
     WHERE id = ANY (ARRAY(
       SELECT id FROM actions
        WHERE workspace_id = current_workspace() AND ${ofClass(classification)} AND ${ended}
          AND created_at >= ${start}::timestamptz - ${LONGEST_LIFE}
          AND created_at < ${start}::timestamptz + interval '1 month'
          AND finished_at >= ${start} AND finished_at < ${start}::timestamptz + interval '1 month'
          AND result IS NOT NULL AND result::text <> ${ERASED}
        LIMIT ${BATCH}))`;
}
