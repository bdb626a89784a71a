'use client';

import Link from 'next/link';
import { formatDuration, formatNumber, plural } from '@/components/format';
import { Notice, Panel, Progress, Stat, Stats, TimeAgo } from '@/components/ui';
import type { Replay, ReplayResult } from '../../policies/schema';

/** What a draft would have done to the actions of the last days. */
export function ReplayPanel({ replay, onCancel }: { replay: Replay; onCancel: () => void }) {
  const { status, result } = replay;
  if (status === 'queued' || status === 'running') {
    return (
      <Panel title={`Trying it on the last ${plural(replay.days, 'day')}`}>
        <Progress
          label={status === 'queued' ? 'Waiting to begin' : 'Deciding recorded actions anew'}
          value={replay.done}
          max={replay.total}
          detail={`${formatNumber(replay.done)} of ${formatNumber(replay.total)}`}
          indeterminate={status === 'queued'}
          onCancel={onCancel}
        />
      </Panel>
    );
  }
  if (!result) {
    return (
      <Notice tone={status === 'failed' ? 'deny' : 'hold'}>
        {status === 'failed' ? replay.error : 'Trying it was cancelled.'}
      </Notice>
    );
  }
  return (
    <>
      {replay.outdated ? (
        <Notice tone="hold">The draft has been changed since it was tried. Try it again.</Notice>
      ) : null}
      <Panel
        title={`What it would have changed in ${plural(replay.days, 'day')}`}
        note={
          <>
            {recordedWords(replay.days, result.observedMs)}
            tried <TimeAgo at={replay.createdAt} />
          </>
        }
      >
        <Result result={result} />
      </Panel>
      {result.examples.length > 0 ? (
        <Panel title="Examples" padded={false}>
          <ul>
            {result.examples.map((example) => (
              <li
                key={example.action}
                className="grid gap-0.5 border-b border-line px-3.5 py-2 last:border-b-0"
              >
                <div className="flex flex-wrap items-baseline gap-x-2.5">
                  <Link
                    href={`/trail/actions/${example.action}`}
                    className="inline-flex min-h-6 items-center font-medium hover:underline"
                  >
                    {example.summary}
                  </Link>
                  <span className="note">
                    {example.type} by {example.agent}, <TimeAgo at={example.at} />
                  </span>
                </div>
                <div className="text-sm">
                  {told(example.before)} → {told(example.after)}
                  {example.after.reason ? (
                    <span className="text-text-2">. {example.after.reason}</span>
                  ) : null}
                </div>
              </li>
            ))}
          </ul>
        </Panel>
      ) : null}
    </>
  );
}

function Result({ result }: { result: ReplayResult }) {
  const { kinds } = result;
  const held = heldOf(result);
  return (
    <div className="grid gap-4">
      <Stats>
        <Stat
          label="Would flip"
          value={formatNumber(result.flips)}
          detail={`of ${plural(result.actions, 'action')}`}
        />
        <Stat
          label={held.label}
          value={formatNumber(held.after)}
          detail={`${signed(held.after - held.before)} for approvers${held.over}`}
        />
        <Stat
          label="Newly allowed"
          value={formatNumber(result.newlyAllowedAmount)}
          detail="sum of amounts denied before"
        />
      </Stats>
      {Object.keys(kinds).length > 0 ? (
        <div className="grid gap-4 wide:grid-cols-3">
          <Counts
            title="From → to"
            rows={Object.entries(kinds).map(([kind, count]) => [kindWords(kind), count])}
          />
          <Counts title="By agent" rows={flips(result.byAgent)} />
          <Counts title="By action type" rows={flips(result.byActionType)} />
        </div>
      ) : (
        <p className="note">No recorded action would have been decided otherwise.</p>
      )}
    </div>
  );
}

const DAY_MS = 86_400_000;

const signed = (change: number) =>
  `${change >= 0 ? '+' : '−'}${formatNumber(Math.round(Math.abs(change) * 100) / 100)}`;

/** What approvers get: a day, or in the time observed where that is not yet a day. */
function heldOf({ held, heldPerDay, observedMs }: ReplayResult) {
  if (held && observedMs !== undefined && observedMs < DAY_MS) {
    return { label: `Held in ${formatDuration(observedMs)}`, ...held, over: '' };
  }
  const over = observedMs === undefined ? '' : `, over ${formatDuration(observedMs)}`;
  return { label: 'Held a day', ...heldPerDay, over };
}

/** Said where less was recorded than was asked for. */
function recordedWords(days: number, observedMs: number | undefined): string {
  if (observedMs === undefined || observedMs >= days * DAY_MS) return '';
  return `only ${formatDuration(observedMs)} are recorded, `;
}

function Counts({ title, rows }: { title: string; rows: [string, number][] }) {
  return (
    <table className="w-full self-start text-sm">
      <thead>
        <tr>
          <th className="pb-1 text-left font-medium text-text-3">{title}</th>
          <th className="pb-1 text-right font-medium text-text-3">flips</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, count]) => (
          <tr key={name} className="border-t border-line">
            <td className="py-1 pr-2 break-words">{name}</td>
            <td className="num py-1 text-right">{formatNumber(count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function flips(counts: ReplayResult['byAgent']): [string, number][] {
  return counts.filter((one) => one.flips > 0).map((one) => [one.name, one.flips]);
}

function kindWords(kind: string): string {
  return kind.split('>').map(words).join(' → ');
}

function words(answer: string): string {
  const [decision = '', tier] = answer.split(' ');
  const said = { allow: 'allowed', hold: 'held', deny: 'denied' }[decision] ?? decision;
  return tier ? `${said}, tier ${tier}` : said;
}

function told({ decision, tier }: { decision: string; tier: number | null }): string {
  return words(tier === null ? decision : `${decision} ${tier}`);
}
