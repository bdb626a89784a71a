/** What is said of reviews: how many, by when, of which agent and type; nothing of an action's content. */
import { type ReviewOccasion, reviewOccasions } from '../schema';
import { linkTo, until } from './parts';
import { oneLine } from './text';

export interface ReviewDetail {
  count?: number;
  /** When the first of them is due, or was. */
  due?: string;
  finding?: string;
  agent?: string;
  action_type?: string;
  day?: string;
  move?: 'raise' | 'lower';
  role?: string;
  /** Numbers of verdicts, in words of ours. */
  why?: string;
}

export function isReview(occasion: string): occasion is ReviewOccasion {
  return reviewOccasions.some((one) => one === occasion);
}

const actions = (count = 0) => (count === 1 ? '1 action' : `${count} actions`);
const reviews = (count = 0) => (count === 1 ? '1 review is' : `${count} reviews are`);

export const reviewTitles: Record<ReviewOccasion, (detail: ReviewDetail) => string> = {
  review_assigned: ({ count }) => `${actions(count)} to review`,
  review_overdue: ({ count }) =>
    `${reviews(count)} overdue: with every approver now, and told to the admins`,
  review_finding: () => 'A review found an action wrong: a finding is open',
  tier_proposed: ({ action_type: type = '', move }) =>
    `The reviews propose ${type} ${move === 'lower' ? 'down' : 'up'} a tier; nothing has moved`,
};

interface Part {
  sentence: string;
  facts: { label: string; value: string }[];
  link: string;
  linkLabel: string;
  review: ReviewDetail;
}

export function reviewPart(
  occasion: ReviewOccasion,
  detail: ReviewDetail,
  timeZone: string,
  now: Date,
): Part {
  const fact = (label: string, value: string | undefined) =>
    value ? [{ label, value: oneLine(value, 80) }] : [];
  const due = detail.due && until(new Date(detail.due), timeZone, now);
  const facts = {
    review_assigned: fact('Due by', due),
    review_overdue: fact('Were due from', due?.replace(/ \(.*$/, '')),
    review_finding: [
      ...fact('Agent', detail.agent),
      ...fact('Action type', detail.action_type),
      ...fact('Day', detail.day),
    ],
    tier_proposed: [...fact('Action type', detail.action_type), ...fact('Role', detail.role)],
  };
  const links = {
    review_assigned: linkTo('/reviews', 'Review in Countersign'),
    review_overdue: linkTo('/reviews', 'Review in Countersign'),
    review_finding: linkTo('/reviews?view=findings', 'Open the finding in Countersign'),
    tier_proposed: linkTo('/reviews?view=rates', 'Open the rates in Countersign'),
  };
  return {
    sentence: detail.why ? oneLine(detail.why) : '',
    facts: facts[occasion],
    ...links[occasion],
    review: detail,
  };
}
