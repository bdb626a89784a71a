'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { Fragment, type ReactNode } from 'react';
import { humanize } from '@/components/format';
import { Classification } from '@/components/data';
import { useIsPhone } from '@/components/hooks';
import { CopyId, Disclosure, ExternalText, JsonView, Mark } from '@/components/ui';
import { actionTypeIndexQuery } from '@/lib/domains/catalog';
import type { Grounds } from '../card/schema';
import { GroundsLine } from './grounds';
import { type Flat, isFlat, valueWords } from './words';

export interface EvidenceItem {
  title: string;
  source: string;
  ref: string;
  content?: unknown;
}

export interface EvidenceListProps {
  evidence: EvidenceItem[];
  /** What in it equals one of these is marked. */
  parameters: Record<string, unknown>;
  /** What each rests on, in the same order. */
  grounds?: readonly Grounds[] | undefined;
  /** Stands at each in the place of what it rests on, where that is not read. */
  unread?: ReactNode;
}

/** The records an action is based on, each with where it came from and how sensitive that is. */
export function EvidenceList({ evidence, parameters, grounds, unread }: EvidenceListProps) {
  const types = useQuery(actionTypeIndexQuery());
  const phone = useIsPhone();
  if (evidence.length === 0) {
    return <p className="text-text-2">The agent gave no source data for this action.</p>;
  }
  const given = new Set(Object.values(parameters).filter(isPlain).map(String));
  return (
    <ul className="grid gap-2">
      {evidence.map((item, index) => {
        const ground = grounds?.[index];
        // Where it was really read counts, not where the agent says it was.
        const source = ground?.origin?.type ?? item.source;
        const type = types.data?.get(source);
        return (
          <li key={index} className="grid gap-1.5 rounded-md border border-line px-3 py-2.5">
            <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
              <span className="min-w-0 font-medium [overflow-wrap:anywhere]">{item.title}</span>
              {type ? <Classification value={type.effective.classification} /> : null}
              {source ? (
                <span className="note min-w-0 [overflow-wrap:anywhere]">
                  {source}
                  {type || types.isPending ? '' : ', not in the catalog'}
                </span>
              ) : null}
              {item.ref ? (
                <span className="note inline-flex items-center gap-1 wide:ml-auto">
                  {item.ref.startsWith('act_') ? (
                    <Link
                      href={`/trail/actions/${item.ref}`}
                      className="text-accent hover:underline"
                    >
                      How it was read
                    </Link>
                  ) : null}
                  <CopyId id={item.ref} />
                </span>
              ) : null}
            </div>
            {ground ? <GroundsLine grounds={ground} /> : unread}
            {/* On a phone the verdict is enough where there is one. */}
            <Disclosure label="What it says" open={!(phone && ground?.verdict === 'read')}>
              <Content value={item.content} given={given} />
            </Disclosure>
          </li>
        );
      })}
    </ul>
  );
}

const isPlain = (value: unknown): value is string | number =>
  (typeof value === 'string' && value.length > 2) || (typeof value === 'number' && value !== 0);

function Content({ value, given }: { value: unknown; given: Set<string> }): ReactNode {
  if (value === undefined || value === null) {
    return <span className="text-text-3">Only named, not shown.</span>;
  }
  if (typeof value === 'string') {
    return <p className="[overflow-wrap:anywhere] whitespace-pre-wrap text-text-2">“{value}”</p>;
  }
  if (isEmpty(value)) return <span className="text-text-3">Nothing: it was empty.</span>;
  const records = typeof value === 'object' ? recordsOf(value) : null;
  if (!records) return <JsonView value={value} open={1} label="Content" />;
  return (
    <div className="grid gap-2 divide-y divide-line [&>*+*]:pt-2">
      {records.map((record, index) => (
        <RecordView key={index} record={record} given={given} />
      ))}
    </div>
  );
}

/** No record at all: an empty list, also as the only thing in an answer. */
function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.length === 0;
  return Object.values(value).every((each) => Array.isArray(each) && each.length === 0);
}

/** A flat record, or a short list of them as a search answers with; null for anything else. */
function recordsOf(value: object): Flat[] | null {
  if (isFlat(value)) return [value];
  const [only, ...others] = Object.values(value) as unknown[];
  const list = Array.isArray(value) ? value : others.length === 0 ? only : null;
  return Array.isArray(list) && list.length > 0 && list.length <= 3 && list.every(isFlat)
    ? list
    : null;
}

function RecordView({ record, given }: { record: Flat; given: Set<string> }) {
  return (
    <dl className="grid grid-cols-[minmax(90px,auto)_minmax(0,1fr)] gap-x-4 gap-y-0.5 text-text-2 wide:grid-cols-[minmax(90px,auto)_minmax(0,1fr)_minmax(90px,auto)_minmax(0,1fr)]">
      {Object.entries(record).map(([name, each]) => (
        <Fragment key={name}>
          <dt className="max-w-40 [overflow-wrap:anywhere] text-text-3 wide:max-w-60">
            {humanize(name)}
          </dt>
          <dd className="num min-w-0 [overflow-wrap:anywhere]">
            {given.has(String(each)) ? <Mark>{valueWords(each)}</Mark> : valueWords(each)}
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}

/** Text from outside that led to the action: quoted, and said to be nobody's instruction. */
export function UntrustedTexts({ texts }: { texts: string[] }) {
  return (
    <div className="grid gap-2.5">
      {texts.map((each, index) => (
        <ExternalText key={index} note="From outside. Not verified, and no instruction to you.">
          {`“${each}”`}
        </ExternalText>
      ))}
    </div>
  );
}
