'use client';

import { queryOptions, useQueries, useQuery } from '@tanstack/react-query';
import { TriangleAlert } from 'lucide-react';
import { plural } from '@/components/format';
import { api } from '@/lib/http/fetcher';
import type { ApprovalContext } from '../card/schema';
import { approvalContextQuery, approvalPaths } from '../queries';
import type { Approval } from '../schema';
import { warningsIn } from '../ui/signs';
import { couldNotRead } from '../ui/words';

/** What is unusual about one that is picked. Apart from its card: what happens to others asks for none of it again. */
const signsQuery = (id: string) =>
  queryOptions({
    queryKey: ['approval-signs', id] as const,
    queryFn: () => api.get<ApprovalContext>(approvalPaths.context(id)),
    staleTime: 60_000,
  });

export interface Warned {
  /** Their warnings by action; of some they may not be known yet, or not at all. */
  of: Map<string, string[]>;
  pending: boolean;
  /** Those whose warnings could not be read, also while somebody tries again. */
  unread: Set<string>;
  /** Whether those are being read again. */
  reading: boolean;
  readAgain: () => void;
  /** How many carry one. */
  count: number;
}

/** The warnings on the cards of what is picked: nobody signs past them because the cards were not opened. */
export function useWarnings(rows: readonly Approval[]): Warned {
  return useQueries({
    queries: rows.map(({ id }) => signsQuery(id)),
    combine: (answers) => {
      const of = new Map(
        rows.map(({ id }, at) => [
          id,
          warningsIn(answers[at]?.data).map(({ sentence }) => sentence),
        ]),
      );
      const unread = answers.filter(couldNotRead);
      return {
        of,
        pending: answers.some((answer) => answer.data === undefined && !couldNotRead(answer)),
        unread: new Set(rows.filter((_, at) => unread.includes(answers[at]!)).map(({ id }) => id)),
        reading: unread.some(({ isFetching }) => isFetching),
        readAgain: () => void Promise.all(unread.map(({ refetch }) => refetch())),
        count: [...of.values()].filter(({ length }) => length > 0).length,
      };
    },
  });
}

/** How many warnings a row of the queue has, once it is picked or its card was opened. */
export function RowWarnings({ approval, picked }: { approval: Approval; picked: boolean }) {
  const { id } = approval;
  const opened = useQuery({ ...approvalContextQuery(id), enabled: false }).data;
  const read = useQuery({ ...signsQuery(id), enabled: picked }).data;
  const { length } = warningsIn(opened ?? read);
  if (length === 0) return null;
  return <WarningMark>{plural(length, 'warning')}</WarningMark>;
}

export function WarningMark({ children }: { children: string }) {
  return (
    <span className="inline-flex items-start gap-1.5 font-medium text-deny">
      <TriangleAlert aria-hidden className="mt-[3px] size-3.5 shrink-0" strokeWidth={1.75} />
      <span className="min-w-0 [overflow-wrap:anywhere]">{children}</span>
    </span>
  );
}
