import { Eye, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { exactTime, formatClock, humanize, plural } from '@/components/format';
import { Disclosure, Section, SkeletonText, TimeAgo, cx } from '@/components/ui';
import type { ApprovalContext } from '../card/schema';
import { type ContextQuery, NotReadNotice } from './not-read';
import { couldNotRead } from './words';

type Sign = ApprovalContext['signs'][number];

/** What of it is more than a notice. */
export const warningsIn = (context: Pick<ApprovalContext, 'signs'> | undefined): Sign[] =>
  context?.signs.filter(({ severity }) => severity === 'warning') ?? [];

/** What is unusual about it. That there is nothing is said quietly: it does not mean that it is right. */
export function Signs({ context }: { context: ContextQuery }) {
  const { data } = context;
  const warnings = warningsIn(data).length;
  return (
    <Section title="Unusual" note={warnings > 0 ? plural(warnings, 'warning') : undefined}>
      {data ? (
        <Found context={data} />
      ) : couldNotRead(context) ? (
        <NotReadNotice context={context} />
      ) : (
        <SkeletonText lines={1} className="py-1" />
      )}
    </Section>
  );
}

function Found({ context: { signs, history } }: { context: ApprovalContext }) {
  if (signs.length === 0)
    return <p className="text-text-3">Nothing unusual against the last {history.days} days.</p>;
  return (
    <>
      <ul aria-label="What is unusual" className="grid gap-1.5">
        {signs.map((sign) => (
          <SignRow key={sign.code} sign={sign} />
        ))}
      </ul>
      <Disclosure label="Measured against" className="mt-1">
        <ul className="note grid gap-0.5">
          {[...new Set(signs.map(({ against }) => against))].map((against) => (
            <li key={against}>{against}</li>
          ))}
        </ul>
      </Disclosure>
    </>
  );
}

function SignRow({ sign: { severity, sentence, actions } }: { sign: Sign }) {
  const warns = severity === 'warning';
  const Icon = warns ? TriangleAlert : Eye;
  return (
    <li className="flex items-start gap-2">
      <Icon
        aria-hidden
        className={cx('mt-[3px] size-3.5 shrink-0', warns ? 'text-deny' : 'text-text-3')}
        strokeWidth={1.75}
      />
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        {warns ? <span className="font-medium text-deny">Warning: </span> : null}
        {sentence}
        {actions.map((one) => (
          <span key={one.id}>
            {' '}
            <Link
              href={one.held ? `/approvals/${one.id}` : `/trail/actions/${one.id}`}
              className="mr-1.5 inline-flex min-h-6 items-center gap-1 text-accent hover:underline"
            >
              {/* Several of the same quarter of an hour are told apart by their instants. */}
              {humanize(one.status)}{' '}
              {actions.length > 1 ? <At at={one.at} /> : <TimeAgo at={one.at} />}
            </Link>
          </span>
        ))}
      </div>
    </li>
  );
}

function At({ at }: { at: string }) {
  return (
    <time dateTime={at} title={exactTime(at)} className="num whitespace-nowrap">
      at {formatClock(at)}
    </time>
  );
}
