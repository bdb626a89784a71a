/** Whose parameters, evidence, questions and results are shown to whom, and in which form they are not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trailJobs } from '@/lib/domains/trail/server';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { contextOfApproval } from './card/context';
import { narrowAction } from './card/narrow';
import { cardWorld, type CardWorld } from './card/test/world';
import type { Approval } from './schema';
import { breakGlassOn, rejectAction } from './service/decide';
import { getApproval, listApprovals } from './service/read';

const classes = ['Internal', 'Confidential', 'Restricted'] as const;
type Class = (typeof classes)[number];
type State = 'waiting' | 'decided';

let w: CardWorld;
/** What stands in the payload of one action and nowhere else, by its class and state. */
const made = new Map<string, { id: string; word: string }>();
const keyOf = (of: Class, state: State) => `${of} ${state}`;
const one = (of: Class, state: State) => {
  const found = made.get(keyOf(of, state));
  if (!found) throw new Error(`no ${of} ${state}`);
  return found;
};

/** A held action with its word in everything that blanking takes, narrowed and asked about. */
async function make(of: Class, state: State): Promise<{ id: string; word: string }> {
  const { owner, workspace } = w.world;
  const word = `word-${newId('x').slice(-12)}`;
  const evidence = [{ title: `Order ${word}`, source: 'orders.read', ref: '', content: { word } }];
  const id = await w.hold({ order_id: word }, { evidence, untrusted: [`Please, ${word}`] });
  const approver = w.as(w.approvers[0]);
  const { display_digest } = await getApproval(approver, { id });
  await narrowAction(approver, { id, display_digest, parameters: { amount: 700 } });
  await w.world.insert('approval_questions', {
    ...{ id: newId('qst'), workspace_id: workspace, action_id: id, asked_by: w.approvers[0] },
    ...{ question: `Is it ${word}?`, asked_at: new Date() },
    ...{ answer: `It is ${word}`, answered_at: new Date() },
  });
  await owner.query('UPDATE actions SET classification = $2 WHERE id = $1', [id, of]);
  if (state === 'decided') {
    await rejectAction(w.as(w.approvers[1]), { id, reason: 'Not this one' });
    await owner.query(`UPDATE actions SET status = 'succeeded', result = $2 WHERE id = $1`, [
      id,
      JSON.stringify({ word }),
    ]);
  }
  return { id, word };
}

beforeAll(async () => {
  w = await cardWorld();
  for (const of of classes) {
    for (const state of ['waiting', 'decided'] as const) {
      made.set(keyOf(of, state), await make(of, state));
    }
  }
});
afterAll(() => w.close());

/** As whoever has these roles, and with the ability where it is said. */
function reader(roles: string[], ability = false): Context {
  const ctx = w.as(newId('mbr'), roles);
  const abilities = ability ? ['trail.payload'] : [];
  return { ...ctx, actor: { ...ctx.actor, abilities } as Context['actor'] };
}

const readers: { name: string; roles: string[]; ability?: boolean; sees: State[] }[] = [
  { name: 'an approver', roles: ['approver'], sees: ['waiting', 'decided'] },
  { name: 'an admin', roles: ['admin'], sees: ['waiting'] },
  { name: 'an auditor', roles: ['auditor'], sees: [] },
  {
    ...{ name: 'an auditor with the ability', roles: ['auditor'], ability: true },
    sees: ['waiting', 'decided'],
  },
  { name: 'who is all of them', roles: ['admin', 'approver'], sees: ['waiting', 'decided'] },
];
const cases = readers.flatMap((who) =>
  classes.flatMap((of) =>
    (['waiting', 'decided'] as const).map((state) => ({
      ...{ ...who, of, state },
      shown: of === 'Internal' || who.sees.includes(state),
    })),
  ),
);

/** Words in the text of actions that this reader may not see. */
function betrayed(text: string, sees: readonly State[]): string[] {
  return [...made].flatMap(([key, { word }]) => {
    const [of, state] = key.split(' ') as [Class, State];
    const may = of === 'Internal' || sees.includes(state);
    return !may && text.includes(word) ? [key] : [];
  });
}

describe('a payload', () => {
  it.each(cases)('$of, $state, is shown to $name: $shown', async (each) => {
    const { of, state, roles, ability, shown, sees } = each;
    const ctx = reader(roles, ability);
    const { id, word } = one(of, state);
    const whole = await getApproval(reader(['approver']), { id });
    const view = await getApproval(ctx, { id });
    const list = await listApprovals(
      ctx,
      state === 'waiting' ? { status: 'pending', limit: 100 } : { decided: 'true', limit: 100 },
    );
    const context = await contextOfApproval(ctx, { id });
    const answers = JSON.stringify([view, list, context]);
    expect(betrayed(answers, sees)).toEqual([]);
    expect(list.items.find((row) => row.id === id)).toEqual(view);
    expect(JSON.stringify(view).includes(word)).toBe(shown);
    expect(view.can.see_payload.allowed).toBe(shown);
    // What was signed is told as ever, whatever is shown of it.
    expect([view.digest, view.display_digest]).toEqual([whole.digest, whole.display_digest]);
    expect(view.signatures).toEqual(whole.signatures);
    if (shown) return;
    expect(view.can.see_payload.reason).toContain(of);
    expect(context).toMatchObject({ evidence: [], signs: [], narrowable: [] });
    expect(context.history).toMatchObject({ agent: null, customer: null });
  });

  it('is shown to nobody without a role', async () => {
    for (const { id } of made.values()) {
      await expect(getApproval(reader([]), { id })).rejects.toMatchObject({ status: 403 });
      await expect(contextOfApproval(reader([]), { id })).rejects.toMatchObject({ status: 403 });
    }
    await expect(listApprovals(reader([]), {})).rejects.toMatchObject({ status: 403 });
  });

  it('is shown to an admin to break the glass, and no more once that is done', async () => {
    const { id, word } = await make('Confidential', 'waiting');
    const ctx = reader(['admin']);
    expect(JSON.stringify(await getApproval(ctx, { id }))).toContain(word);
    const done = await breakGlassOn(ctx, { id, reason: 'The customer is stranded' });
    expect(done.can.see_payload.allowed).toBe(false);
    expect(JSON.stringify(done)).not.toContain(word);
  });
});

describe('what is not shown', () => {
  it('looks as what is erased', async () => {
    const { id } = await make('Restricted', 'decided');
    const { owner, workspace } = w.world;
    await owner.query(`UPDATE actions SET finished_at = now() WHERE id = $1`, [id]);
    const hidden = await getApproval(reader(['auditor']), { id });
    await w.world.insert('trail_keys', {
      ...{ id: newId('tky'), workspace_id: workspace, classification: 'Restricted' },
      ...{ month: new Date().toISOString().slice(0, 7), destroyed_at: new Date() },
    });
    await trailJobs.find(({ name }) => name === 'trail.blank_payloads')?.perform(workspace, {});
    const erased = await getApproval(reader(['approver']), { id });
    const payload = ({ display, narrowed, planted, questions, result }: Approval) => ({
      ...{ display, narrowed, planted, questions, result },
    });
    expect(payload(hidden)).toEqual(payload(erased));
    expect(erased.display).toMatchObject({ parameters: { erased: true }, evidence: [] });
  });
});
