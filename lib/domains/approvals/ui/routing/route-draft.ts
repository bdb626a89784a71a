/** A route while it is edited: numbers as typed, an empty text for what is left out. */
import { faultsByField } from './issues';
import { CreateRoute, type ApprovalRouteView } from '../../schema';

/** How any approver is written where a group can be chosen. */
export const ANYONE = '';

interface StepDraft {
  key: number;
  after: string;
  group: string;
}
export interface NeedDraft {
  key: number;
  group: string;
  count: string;
  escalation: StepDraft[];
}
export interface RouteDraft {
  name: string;
  actionTypes: string[];
  agents: string[];
  classification: string;
  amountFrom: string;
  amountBelow: string;
  needs: NeedDraft[];
  wait: string;
  signing: string;
}

let made = 0;
/** Rows keep what was typed in them when one above goes. */
const key = () => (made += 1);

export const newNeed = (group = ANYONE): NeedDraft => ({
  ...{ key: key(), group, count: '1' },
  escalation: [],
});
export const newStep = (): StepDraft => ({ key: key(), after: '30', group: ANYONE });

const written = (value: number | null | undefined) =>
  value === undefined || value === null ? '' : String(value);

type Draftable = Pick<ApprovalRouteView, 'name' | 'fits' | 'needs' | 'wait_minutes' | 'signing'>;

export function draftOf(route?: Draftable): RouteDraft {
  const { name = '', fits = {}, needs = [], wait_minutes: wait, signing } = route ?? {};
  return {
    name,
    actionTypes: fits.action_types ?? [],
    agents: fits.agents ?? [],
    classification: fits.classification ?? '',
    amountFrom: written(fits.amount_from),
    amountBelow: written(fits.amount_below),
    needs: route
      ? needs.map((need) => ({
          key: key(),
          group: need.group ?? ANYONE,
          count: String(need.count),
          escalation: need.escalation.map((step) => ({
            ...{ key: key(), after: String(step.after_minutes), group: step.group ?? ANYONE },
          })),
        }))
      : [newNeed()],
    wait: written(wait),
    signing: signing ?? '',
  };
}

// What is no number stays what was typed, so that the schema says so of this field.
const number = (text: string) =>
  text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
const given = (text: string) => (text.trim() === '' ? undefined : number(text));
const groupOf = (group: string) => (group === ANYONE ? null : group);

/** As the API takes it. */
export function bodyOf(draft: RouteDraft) {
  return {
    name: draft.name,
    fits: {
      ...(draft.actionTypes.length > 0 ? { action_types: draft.actionTypes } : {}),
      ...(draft.agents.length > 0 ? { agents: draft.agents } : {}),
      ...(draft.classification ? { classification: draft.classification } : {}),
      ...amount('amount_from', draft.amountFrom),
      ...amount('amount_below', draft.amountBelow),
    },
    needs: draft.needs.map((need) => ({
      group: groupOf(need.group),
      count: number(need.count),
      escalation: need.escalation.map((step) => ({
        after_minutes: number(step.after),
        group: groupOf(step.group),
      })),
    })),
    wait_minutes: given(draft.wait) ?? null,
    signing: draft.signing === '' ? null : draft.signing,
  };
}

function amount(name: string, text: string) {
  const value = given(text);
  return value === undefined ? {} : { [name]: value };
}

/** What the schema says against a draft, by field; undefined when nothing. */
export function faultsOf(draft: RouteDraft): Record<string, string> | undefined {
  const parsed = CreateRoute.safeParse(bodyOf(draft));
  if (!parsed.success) return faultsByField(parsed.error);
  const { amount_from: from, amount_below: below } = parsed.data.fits;
  if (from === undefined || below === undefined || from < below) return undefined;
  return { 'fits.amount_below': 'must be above the amount from which it holds' };
}
