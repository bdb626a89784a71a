import { formatExact } from '@/components/format';
import { type Classification, classifications, rank } from '@/lib/domains/classification';
import type { Display } from '@/lib/domains/gateway';
import type { Occasion } from '../schema';
import { linkTo, until } from './parts';
import { isReview, type ReviewDetail, reviewPart, reviewTitles } from './reviews';
import { oneLine } from './text';

/** What is said to people, before it is put into a channel's own form. Nothing in it is trusted. */
export interface Message {
  /** Stable: the same message has it however often it is sent. */
  id: string;
  occasion: Occasion | 'test';
  time: Date;
  /** What happened, in words of ours and names of the workspace's. */
  title: string;
  /** The action in one sentence; empty where it is about none. */
  sentence: string;
  facts: { label: string; value: string }[];
  /** In the console, where it is decided. */
  link: string;
  linkLabel: string;
  workspace: { id: string; name: string };
  action?: {
    id: string;
    type: string;
    agent: string;
    amount: string | null;
    tier: number;
    expires_at: string;
  };
  /** What it says of reviews, for programs. */
  review?: ReviewDetail;
}

/** A held action as a message may tell of it. */
export interface HeldFacts {
  id: string;
  status: string;
  classification: string | null;
  display: Display;
  expiresAt: Date;
}

export interface Detail extends ReviewDetail {
  group?: string;
  routes?: string[];
  /** How it ended, and by whose signature. */
  outcome?: string;
  by?: string;
}

interface Said {
  id: string;
  occasion: Occasion;
  createdAt: Date;
  detail: Detail;
  workspace: { id: string; name: string; timeZone: string };
}

/** At Confidential and above nothing of the action's own content leaves; nor where that is not known. */
function mayLeave(classification: string | null): boolean {
  const known = classifications.find((one) => one === classification);
  return known !== undefined && rank(known) < rank('Confidential' satisfies Classification);
}

const by = (detail: Detail) => detail.by ?? 'someone who is gone';

/** What ended a wait that nobody approved or rejected. */
const ends: Record<string, string> = {
  cancelled: 'A held action was cancelled by its agent',
  planted: 'A held action had been planted, was never going to run, and is revealed',
};

const titles: Record<Occasion, (detail: Detail) => string> = {
  held: () => 'A held action waits for approval',
  half: () => 'A held action still waits: half of its time has passed',
  nine_tenths: () => 'A held action soon runs out of time',
  escalated: ({ group }) => `A held action goes on to ${group ?? 'any approver'}`,
  expired: () => 'A held action ran out of time: nobody decided, and it does not run',
  decided: (detail) =>
    ends[detail.outcome ?? ''] ??
    `A held action was ${detail.outcome ?? 'decided'} by ${by(detail)}`,
  broke_glass: (detail) => `Glass broken: ${by(detail)} let a held action run against the routes`,
  unmanned: ({ group }) => `Nobody in the group ${group ?? ''} can approve`,
  ...reviewTitles,
};

const asks = new Set<Occasion>(['held', 'half', 'nine_tenths', 'escalated']);

/** Whether the occasion is over once the action no longer waits. */
export function asksForDecision(occasion: Occasion): boolean {
  return asks.has(occasion);
}

export function messageOf(said: Said, held: HeldFacts | undefined, now: Date): Message {
  const { workspace, occasion, detail } = said;
  const base = {
    id: said.id,
    occasion,
    time: said.createdAt,
    title: oneLine(titles[occasion](detail), 200),
    workspace: { id: workspace.id, name: oneLine(workspace.name, 80) },
  };
  if (isReview(occasion)) {
    return { ...base, ...reviewPart(occasion, detail, workspace.timeZone, now) };
  }
  if (!held) {
    const routes = (detail.routes ?? []).map((route) => oneLine(route, 80)).join(', ');
    return {
      ...base,
      sentence: '',
      facts: [{ label: 'Routes that need it', value: routes }],
      ...linkTo('/approvals', 'Open approvals'),
    };
  }
  const { display } = held;
  const open = mayLeave(held.classification) && mayLeave(display.action_type.classification);
  const amount = open ? amountOf(display) : null;
  const agent = oneLine(display.agent.name, 80);
  const facts = [
    { label: 'Agent', value: agent },
    ...(amount === null ? [] : [{ label: 'Amount', value: amount }]),
    { label: 'Tier', value: String(display.tier) },
    ...(asksForDecision(occasion)
      ? [{ label: 'Decide by', value: until(held.expiresAt, workspace.timeZone, now) }]
      : []),
  ];
  return {
    ...base,
    sentence: oneLine(open ? display.sentence : display.action_type.title),
    facts,
    ...linkTo(
      `/approvals/${held.id}`,
      asksForDecision(occasion) ? 'Decide in Countersign' : 'Open in Countersign',
    ),
    action: {
      id: held.id,
      type: display.action_type.key,
      agent,
      amount,
      tier: display.tier,
      expires_at: held.expiresAt.toISOString(),
    },
  };
}

/** What a channel is tried with: no action, and nothing of the workspace but its name. */
export function testMessage(
  id: string,
  channel: string,
  workspace: { id: string; name: string },
  now: Date,
): Message {
  return {
    id,
    occasion: 'test',
    time: now,
    title: 'A test from Countersign',
    sentence: 'Held actions are announced here from now on.',
    facts: [{ label: 'Channel', value: oneLine(channel, 80) }],
    ...linkTo('/settings?tab=notifications', 'Open the settings'),
    workspace: { id: workspace.id, name: oneLine(workspace.name, 80) },
  };
}

function amountOf({ amount, parameters }: Display): string | null {
  if (!amount) return null;
  const { currency } = parameters;
  const named = typeof currency === 'string' && /^[A-Z]{3}$/.test(currency) ? ` ${currency}` : '';
  return `${formatExact(amount.value)}${named}`;
}
