'use client';

import { useQuery } from '@tanstack/react-query';
import { CircleHelp, ShieldAlert, ShieldCheck } from 'lucide-react';
import { formatNumber, plural } from '@/components/format';
import {
  CodeBlock,
  CopyButton,
  CopyId,
  Disclosure,
  KeyValue,
  Notice,
  Panel,
  QueryView,
} from '@/components/ui';
import { proofQuery } from '../queries';
import type { ProofView } from '../schema';
import { checkInBrowser } from './browser-proof';

/** That the event is in the log as it was signed, with everything that proving it again needs. */
export function ProofPanel({ id, body }: { id: string; body: string }) {
  const query = useQuery(proofQuery(id));
  return (
    <Panel
      title="Proof"
      note="Merkle inclusion, RFC 9162"
      actions={
        query.data ? (
          <CopyButton value={JSON.stringify(query.data, null, 2)} label="Copy proof" />
        ) : null
      }
    >
      <QueryView query={query} title="The proof could not be loaded">
        {(view) => <Proof view={view} body={body} />}
      </QueryView>
    </Panel>
  );
}

function Proof({ view, body }: { view: ProofView; body: string }) {
  return (
    <div className="grid gap-3.5">
      <Finding view={view} body={body} />
      <KeyValue
        items={[
          {
            label: 'Index',
            value: (
              <span className="num">
                {formatNumber(view.index)} of {plural(view.size, 'event')}
              </span>
            ),
          },
          { label: 'Leaf hash', value: <CopyId id={view.leaf_hash} full label="leaf hash" /> },
          { label: 'Root', value: <CopyId id={view.root} full label="root" /> },
          {
            label: 'Verifier key',
            value: <CopyId id={view.verifier_key} full label="verifier key" />,
          },
        ]}
      />
      <Disclosure
        label={`${plural(view.proof.length, 'hash', 'hashes')} from the leaf to the root`}
      >
        <ol className="mono mt-2 grid gap-1 [overflow-wrap:anywhere] text-text-2">
          {view.proof.map((hash) => (
            <li key={hash}>{hash}</li>
          ))}
        </ol>
      </Disclosure>
      <CodeBlock label="Checkpoint" code={view.checkpoint} wrap />
    </div>
  );
}

function Finding({ view, body }: { view: ProofView; body: string }) {
  const check = useQuery({
    queryKey: ['trail-proof-check', view.id, view.size, view.leaf_hash],
    queryFn: () => checkInBrowser(body, view),
    staleTime: Number.POSITIVE_INFINITY,
  }).data;
  if (check === undefined) return null;
  if (check === 'unavailable') {
    return (
      <Notice icon={CircleHelp} title="Not checked here">
        This browser offers no hashing without HTTPS. Copy the proof and check it elsewhere.
      </Notice>
    );
  }
  if (check === 'broken') {
    return (
      <Notice tone="deny" icon={ShieldAlert} title="The proof does not hold">
        This event, as it is shown, is not the one that the checkpoint signs.
      </Notice>
    );
  }
  return (
    <Notice tone="allow" icon={ShieldCheck} title="In the log, checked by this browser">
      Its text hashes to the leaf, and the leaf leads to the root that the checkpoint names. The
      signature of the checkpoint is checked when the trail is verified.
    </Notice>
  );
}
