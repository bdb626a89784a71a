import Link from 'next/link';
import { plural } from '@/components/format';
import { StatusPill } from '@/components/data';
import { Section, Sentence, TimeAgo } from '@/components/ui';
import type { Amounts } from '../card/schema';
import type { Approval } from '../schema';
import { type ContextQuery, NotRead } from './not-read';
import { amountWords } from './words';

interface Props {
  approval: Approval;
  context: ContextQuery;
}

/** The amount beside those of the same agent and the same customer. */
export function History({ approval: { display }, context }: Props) {
  if (!display.amount) return null;
  if (!context.data)
    return <NotRead context={context}>The amounts before could not be read.</NotRead>;
  const { days, agent, customer } = context.data.history;
  const lines = [
    agent ? { whose: `${display.agent.name}, ${days} days`, of: agent } : null,
    customer ? { whose: `for customer ${customer.id}, ${days} days`, of: customer } : null,
  ].filter((line) => line !== null);
  return (
    <ul className="grid gap-0.5 [overflow-wrap:anywhere] text-text-2">
      {lines.map(({ whose, of }) => (
        <li key={whose}>
          <span className="font-medium text-text">{whose}:</span>{' '}
          <span className="num">{amountsWords(of, display)}</span>
        </li>
      ))}
    </ul>
  );
}

function amountsWords(of: Amounts, display: Approval['display']): string {
  if (of.count === 0 || of.median === null || of.maximum === null) return 'none before';
  const format = (value: number) => amountWords(value, display.parameters);
  const median = Math.round(of.median * 100) / 100;
  const said = `${plural(of.count, 'time')}, median ${format(median)}, at most ${format(of.maximum)}`;
  const value = display.amount?.value ?? 0;
  if (value <= of.maximum) return said;
  return `${said}; this is more than ever before`;
}

/** What people decided of the like. */
export function Similar({ approval: { display }, context }: Props) {
  const similar = context.data?.similar;
  return (
    <Section
      title="Decided before"
      note={`${display.action_type.key} of this agent, nearest amounts`}
    >
      {!similar ? (
        <NotRead context={context}>What was decided before could not be read.</NotRead>
      ) : similar.length === 0 ? (
        <p className="text-text-2">Nobody has decided one yet.</p>
      ) : (
        <ul className="grid gap-1.5">
          {similar.map((one) => (
            <li key={one.id} className="flex flex-wrap items-center gap-x-2.5 gap-y-0.5">
              <StatusPill value={one.decision} />
              <Link
                href={`/approvals/${one.id}`}
                className="inline-flex min-h-6 items-center text-accent [overflow-wrap:anywhere] hover:underline"
              >
                <Sentence>{one.sentence}</Sentence>
              </Link>
              <span className="note">
                {one.by}, <TimeAgo at={one.at} />
                {one.narrowed ? ', made smaller' : ''}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
