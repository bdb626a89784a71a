'use client';

import { formatNumber, plural } from '@/components/format';
import { ExactTime, Notice, Panel, Progress, TimeAgo } from '@/components/ui';
import type { Proof, ProofExample, ProofFinding, ProofResult } from '../../policies/schema';

/** What is shown of a draft for every request that there can be. */
export function ProofPanel({ proof, onCancel }: { proof: Proof; onCancel: () => void }) {
  const { status, result } = proof;
  if (status === 'queued' || status === 'running') {
    return (
      <Panel title="Proof">
        <Progress
          label={status === 'queued' ? 'Waiting to begin' : 'Asking of every request'}
          value={proof.done}
          max={proof.total}
          detail={`${formatNumber(proof.done)} of ${plural(proof.total, 'action type')}`}
          indeterminate={status === 'queued'}
          onCancel={onCancel}
        />
      </Panel>
    );
  }
  if (!result) {
    return (
      <Notice tone={status === 'failed' ? 'deny' : 'hold'}>
        {status === 'failed' ? proof.error : 'Proving it was cancelled.'}
      </Notice>
    );
  }
  return (
    <>
      {proof.outdated ? (
        <Notice tone="hold">
          The draft, or what holds now, has been changed since it was proved. Prove it again.
        </Notice>
      ) : null}
      <Panel
        title="Proof"
        note={
          <>
            of <TimeAgo at={proof.createdAt} />
          </>
        }
      >
        <div className="grid gap-3">
          <Statement
            result={result}
            of="allowed"
            says="no request that was denied is now allowed or held"
          />
          <Statement
            result={result}
            of="runs"
            says="no request that waited for a person now runs without one"
          />
          <p className="note">
            Of every request that {plural(result.agents, 'agent')} that may act now could make of{' '}
            {plural(result.actionTypes, 'action type')}, at any time. Rates and amounts a day are
            not part of it.
          </p>
        </div>
      </Panel>
      {result.open.length > 0 ? (
        <Panel
          title="Action types of which not all is proved"
          note={plural(result.open.length, 'action type')}
          padded={false}
        >
          <ul>
            {result.open.map(({ actionType, allowed, runs }) => (
              <li
                key={actionType}
                className="grid gap-2 border-b border-line px-3.5 py-2.5 last:border-b-0"
              >
                <div className="font-medium break-words">{actionType}</div>
                <Finding finding={allowed} refuted="No longer denied" />
                <Finding finding={runs} refuted="Now without a person" />
              </li>
            ))}
          </ul>
        </Panel>
      ) : null}
    </>
  );
}

const verdictWords = { proved: 'Proved', refuted: 'Refuted', undecided: 'Not decidable' } as const;
const verdictTone = { proved: 'text-allow', refuted: 'text-deny', undecided: 'text-hold' } as const;

function Statement({
  result,
  of,
  says,
}: {
  result: ProofResult;
  of: 'allowed' | 'runs';
  says: string;
}) {
  const count = (verdict: ProofFinding['verdict']) =>
    result.open.filter((one) => one[of].verdict === verdict).length;
  const [refuted, undecided] = [count('refuted'), count('undecided')];
  const verdict = refuted > 0 ? 'refuted' : undecided > 0 ? 'undecided' : 'proved';
  const open = [
    ...(refuted > 0 ? [`refuted of ${plural(refuted, 'action type')}`] : []),
    ...(undecided > 0 ? [`not decidable of ${plural(undecided, 'action type')}`] : []),
  ];
  return (
    <p>
      <span className={`font-medium ${verdictTone[verdict]}`}>{verdictWords[verdict]}:</span> {says}
      {open.length > 0 ? <span className="text-text-2"> ({open.join(', ')})</span> : null}.
    </p>
  );
}

function Finding({ finding, refuted }: { finding: ProofFinding; refuted: string }) {
  if (finding.verdict === 'proved') return null;
  if (finding.example) return <Example example={finding.example} title={refuted} />;
  return (
    <div className="text-sm">
      <span className={`font-medium ${verdictTone.undecided}`}>{verdictWords.undecided}: </span>
      {finding.why.join(' ')}
    </div>
  );
}

function Example({ example, title }: { example: ProofExample; title: string }) {
  const { agent, others, parameters, session, user, address, at, before, after } = example;
  return (
    <div className="grid gap-1 text-sm">
      <div>
        <span className={`font-medium ${verdictTone.refuted}`}>{title}: </span>
        {agent}
        {others > 0 ? ` (and ${plural(others, 'agent')} like it)` : ''}{' '}
        {user === null ? '' : `for the user “${user}” `}
        {address === null ? '' : `from ${address} `}
        {at === null ? '' : 'on '}
        {at === null ? null : <ExactTime at={at} />}
      </div>
      <Values title="Parameters" values={parameters} />
      <Values title="Session" values={session} />
      <div>
        {told(before)} → {told(after)}
        {before.reason ? <span className="text-text-2">. Now: {before.reason}</span> : null}
      </div>
    </div>
  );
}

function Values({ title, values }: { title: string; values: Record<string, unknown> }) {
  const entries = Object.entries(values);
  if (entries.length === 0) return null;
  return (
    <div className="flex flex-wrap gap-x-2.5">
      <span className="text-text-3">{title}</span>
      {entries.map(([name, value]) => (
        <span key={name} className="break-all">
          {name} <code>{JSON.stringify(value)}</code>
        </span>
      ))}
    </div>
  );
}

const decisions = { allow: 'allowed', hold: 'held', deny: 'denied' } as const;

function told({ decision, tier }: ProofExample['before']): string {
  return tier === null ? decisions[decision] : `${decisions[decision]}, tier ${tier}`;
}
