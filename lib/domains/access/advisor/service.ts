import { z } from 'zod';
import { clock } from '@/lib/kernel/clock';
import { toPage } from '@/lib/kernel/page';
import { pageOf } from '@/lib/kernel/page-input';
import { conflict, invalid } from '@/lib/kernel/problem';
import { all, allow, deny } from '@/lib/kernel/verdict';
import { query, verb } from '@/lib/kernel/verb';
import { manageAccess, readAccess } from '../policy';
import { PolicyDocument } from '../policies/document';
import { beginDraft, changeOpenDraft } from '../policies/drafting';
import { loadDraft } from '../policies/repo';
import { Draft } from '../policies/schema';
import { editsOf } from './edits';
import { lookJob } from './jobs';
import {
  beginLook,
  countFindings,
  endLooks,
  findFindings,
  findingKey,
  type FindingRow,
  latestLook,
  loadFinding,
  type LookRow,
  shownLook,
  viewLook,
} from './repo';
import {
  Advisor,
  Detail,
  DismissFinding,
  DraftFinding,
  Finding,
  FindingRef,
  kinds,
  ListFindings,
  Look,
  StartLook,
} from './schema';
import { draftTitle, findingWords } from './words';

const DAY_MS = 86_400_000;
const LONGEST_DAYS = 366;
/** One that has not ended by then was lost with its process. */
const LOST_MS = 30 * 60_000;

const underWay = (row: LookRow | null) =>
  row !== null && (row.status === 'queued' || row.status === 'running');

export const getAdvisor = query({
  name: 'advisor.get',
  input: z.strictObject({}),
  output: Advisor,
  permit: readAccess,
  run: async ({ ctx, tx }) => {
    const latest = await latestLook(tx);
    const shown = await shownLook(tx);
    const counted = await countFindings(tx);
    const manage = manageAccess(ctx.actor);
    const counts = Object.fromEntries(
      kinds.map((kind) => [kind, counted.find((one) => one.kind === kind)?.open ?? 0]),
    );
    return {
      latest: latest && viewLook(latest),
      shown: shown && viewLook(shown),
      versionsSince: shown
        ? await tx.policyVersion.count({ where: { number: { gt: shown.version } } })
        : 0,
      counts: counts as Advisor['counts'],
      dismissed: counted.reduce((sum, { dismissed }) => sum + dismissed, 0),
      can: {
        look: all(manage, underWay(latest) ? deny('It is looking already.') : allow),
        cancel: all(manage, underWay(latest) ? allow : deny('Nobody is looking.')),
        decide: manage,
      },
    };
  },
});

export const listFindings = query({
  name: 'advisor.findings',
  input: ListFindings,
  output: pageOf(Finding),
  permit: readAccess,
  run: async ({ input, tx }) => {
    const shown = await shownLook(tx);
    const rows = shown ? await findFindings(tx, shown.id, input) : [];
    return toPage(rows, input.limit, findingKey, (row) => viewFinding(row, shown));
  },
});

function viewFinding(row: FindingRow, shown: LookRow | null): Finding {
  const detail = Detail.parse(row.detail);
  const from = shown && shown.createdAt.getTime() - shown.days * DAY_MS;
  const named = (id: string | null, name: string | null) =>
    id === null || name === null ? null : { id, name };
  const late = from !== null && Date.parse(detail.since) - from > DAY_MS;
  return {
    id: row.id,
    kind: detail.kind,
    ...findingWords(detail),
    role: named(row.role_id, row.role_name),
    agent: named(row.agent_id, row.agent_name),
    shortSince: late ? detail.since : null,
    detail,
    dismissed:
      row.until && row.dismissed_at
        ? {
            reason: row.reason ?? '',
            until: row.until.toISOString(),
            by: row.dismissed_by ?? '',
            at: row.dismissed_at.toISOString(),
          }
        : null,
  };
}

/** Has a job look at recorded use. */
export const startLook = verb({
  name: 'advisor.look',
  input: StartLook,
  output: Look,
  permit: manageAccess,
  run: async ({ ctx, input, tx, event, after }) => {
    await endLooks(tx, 'failed', new Date(clock.now().getTime() - LOST_MS));
    if (underWay(await latestLook(tx))) {
      throw conflict('wrong_state', 'It is looking already. Wait until it has ended.');
    }
    const { days } = input;
    const row = await beginLook(tx, {
      ...{ workspaceId: ctx.workspace, days, startedBy: ctx.actor.id },
    });
    event({
      type: 'advisor_look.started',
      object: { type: 'advisor_look', id: row.id },
      data: { days },
    });
    after(() => lookJob.enqueue(ctx.workspace, { look: row.id }));
    return viewLook(row);
  },
});

export const cancelLook = verb({
  name: 'advisor.cancel',
  input: z.strictObject({}),
  output: z.object({ id: z.string() }),
  permit: manageAccess,
  run: async ({ tx, event }) => {
    const latest = await latestLook(tx);
    if (!latest || (await endLooks(tx, 'cancelled')) === 0) {
      throw conflict('wrong_state', 'Nobody is looking. Reload the page.');
    }
    event({
      type: 'advisor_look.cancelled',
      object: { type: 'advisor_look', id: latest.id },
      outcome: 'cancelled',
    });
    return { id: latest.id };
  },
});

/** Puts what a finding proposes into a draft: an open one, or its own. */
export const draftFinding = verb({
  name: 'advisor.draft',
  input: DraftFinding,
  output: Draft,
  permit: manageAccess,
  run: async (deed) => {
    const { input, tx } = deed;
    const finding = await loadFinding(tx, input.id);
    const detail = Detail.parse(finding.detail);
    const { title, why, evidence } = findingWords(detail);
    const row = input.draft
      ? await loadDraft(tx, input.draft)
      : await beginDraft(deed, {
          title: draftTitle(detail).slice(0, 200),
          why: `${title}. ${why}`.slice(0, 2_000),
        });
    const edits = editsOf(detail, PolicyDocument.parse(row.document));
    return changeOpenDraft(deed, row, edits, {
      ...{ finding: title, evidence, begun: input.draft === undefined },
    });
  },
});

/** Hides a finding, and the same one of later looks, until a day. */
export const dismissFinding = verb({
  name: 'advisor.dismiss',
  input: DismissFinding,
  output: Finding,
  permit: manageAccess,
  run: async ({ ctx, input, tx, event }) => {
    const row = await loadFinding(tx, input.id);
    const now = clock.now();
    const until = new Date(`${input.until}T00:00:00Z`);
    const left = until.getTime() - now.getTime();
    if (!(left > 0) || left > LONGEST_DAYS * DAY_MS) {
      throw invalid([{ field: 'until', message: 'must be a day in the future, within a year' }]);
    }
    const { key } = row;
    const { workspace: workspaceId, actor } = ctx;
    const said = { reason: input.reason, until, dismissedBy: actor.id, dismissedAt: now };
    await tx.advisorDismissal.upsert({
      where: { workspaceId_key: { workspaceId, key } },
      create: { workspaceId, key, ...said },
      update: said,
    });
    const { title } = findingWords(Detail.parse(row.detail));
    event({
      type: 'advisor_finding.dismissed',
      object: { type: 'advisor_finding', id: row.id },
      ...(row.agent_id ? { agent: row.agent_id } : {}),
      data: { name: title, key, reason: input.reason, until: input.until },
    });
    return viewFinding(await loadFinding(tx, row.id), await shownLook(tx));
  },
});

/** Shows a dismissed finding again. */
export const restoreFinding = verb({
  name: 'advisor.restore',
  input: FindingRef,
  output: Finding,
  permit: manageAccess,
  run: async ({ input, tx, event }) => {
    const row = await loadFinding(tx, input.id);
    const { count } = await tx.advisorDismissal.deleteMany({ where: { key: row.key } });
    if (count === 0) throw conflict('wrong_state', 'It is not dismissed. Reload the page.');
    const { title } = findingWords(Detail.parse(row.detail));
    event({
      type: 'advisor_finding.restored',
      object: { type: 'advisor_finding', id: row.id },
      ...(row.agent_id ? { agent: row.agent_id } : {}),
      data: { name: title, key: row.key },
    });
    return viewFinding(await loadFinding(tx, row.id), await shownLook(tx));
  },
});
