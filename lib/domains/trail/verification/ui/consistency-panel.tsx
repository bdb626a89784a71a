'use client';

import { useQuery } from '@tanstack/react-query';
import { CircleHelp, ShieldAlert, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { formatNumber, plural } from '@/components/format';
import { useUrlState } from '@/components/hooks';
import {
  Button,
  CopyButton,
  Field,
  fieldErrors,
  Form,
  Input,
  KeyValue,
  Notice,
  Panel,
  QueryView,
} from '@/components/ui';
import { consistencyQuery } from '../../queries';
import type { ConsistencyView } from '../../schema';
import { checkConsistency } from '../../ui/browser-proof';

/** That the log at one size begins with all of what it was at a smaller one, proved by this browser. */
export function ConsistencyPanel({ size }: { size: number }) {
  const [url, setUrl] = useUrlState({ older: '', newer: '' });
  const [older, setOlder] = useState(url.older || '1');
  const [newer, setNewer] = useState(url.newer || String(size));
  const asked = url.older !== '' && url.newer !== '';
  const query = useQuery({ ...consistencyQuery(url.older, url.newer), enabled: asked });
  const errors = fieldErrors(query.error);
  return (
    <Panel title="Consistency" note="Between any two sizes, RFC 9162">
      <div className="grid gap-3.5">
        <Form
          className="grid items-start gap-3 wide:grid-cols-[1fr_1fr_auto]"
          onSubmit={() => setUrl({ older: older.trim(), newer: newer.trim() })}
        >
          <Field label="Older size" {...(errors['from'] ? { error: errors['from'] } : {})}>
            <Input
              inputMode="numeric"
              value={older}
              onChange={(event) => setOlder(event.target.value)}
            />
          </Field>
          <Field label="Newer size" {...(errors['to'] ? { error: errors['to'] } : {})}>
            <Input
              inputMode="numeric"
              value={newer}
              onChange={(event) => setNewer(event.target.value)}
            />
          </Field>
          <Button type="submit" loading={query.isFetching} className="wide:mt-[25px]">
            Prove
          </Button>
        </Form>
        {asked && (query.data || Object.keys(errors).length === 0) ? (
          <QueryView query={query} title="The proof could not be loaded">
            {(view) => <Proof view={view} />}
          </QueryView>
        ) : null}
      </div>
    </Panel>
  );
}

function Proof({ view }: { view: ConsistencyView }) {
  const check = useQuery({
    queryKey: ['trail-consistency-check', view.from, view.to, view.from_root, view.to_root],
    queryFn: () => checkConsistency(view),
    staleTime: Number.POSITIVE_INFINITY,
  }).data;
  return (
    <div className="grid gap-3.5">
      {check === 'proved' ? (
        <Notice tone="allow" icon={ShieldCheck} title="Consistent, checked by this browser">
          The log of {plural(view.to, 'event')} begins with the {formatNumber(view.from)} of before,
          unchanged and in the same order.
        </Notice>
      ) : null}
      {check === 'broken' ? (
        <Notice tone="deny" icon={ShieldAlert} title="The proof does not hold">
          The larger log is not a continuation of the smaller one.
        </Notice>
      ) : null}
      {check === 'unavailable' ? (
        <Notice icon={CircleHelp} title="Not checked here">
          This browser offers no hashing without HTTPS. Copy the proof and check it elsewhere.
        </Notice>
      ) : null}
      <KeyValue
        items={[
          { label: `Root at ${formatNumber(view.from)}`, value: mono(view.from_root) },
          { label: `Root at ${formatNumber(view.to)}`, value: mono(view.to_root) },
          {
            label: 'Proof',
            value: (
              <span className="inline-flex items-center gap-1">
                {plural(view.proof.length, 'hash', 'hashes')}
                <CopyButton value={JSON.stringify(view, null, 2)} label="Copy the proof" />
              </span>
            ),
          },
        ]}
      />
    </div>
  );
}

function mono(text: string) {
  return <span className="mono break-all">{text}</span>;
}
