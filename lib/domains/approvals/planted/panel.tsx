'use client';

import { useQueryClient, useMutation, useQuery } from '@tanstack/react-query';
import { FlaskConical, Users } from 'lucide-react';
import Link from 'next/link';
import { Button, FormError, KeyValue, Notice, Panel, TimeAgo, toast } from '@/components/ui';
import { useActor } from '@/lib/domains/workspaces';
import { api } from '@/lib/http/fetcher';
import { seesEveryApprover } from '../policy';
import { approvalKeys, approvalPaths, plantedCountsQuery } from '../queries';
import type { Approval } from '../schema';
import type { PlantedCounts } from './schema';
import { endWords, followsWords, raisedWords, wrongWords } from './words';

/** Said at once to whoever decided it, and from then on to everyone. */
export function PlantedNotice({ approval }: { approval: Approval }) {
  const actor = useActor();
  const { planted, raised } = approval;
  if (!planted) return null;
  const follows = followsWords(planted, raised, actor?.id);
  return (
    <Notice
      tone={planted.outcome === 'missed' ? 'hold' : 'accent'}
      icon={FlaskConical}
      title="This request was planted. It was never going to run."
    >
      <div role="status" className="grid gap-1">
        {approval.can.see_payload.allowed ? (
          <p>{wrongWords(planted, approval.display.parameters)}</p>
        ) : null}
        <p>{endWords(planted, actor?.id)}</p>
        {follows ? <p>{follows}</p> : null}
      </div>
    </Notice>
  );
}

/** Said before they sign to whoever needs one more beside them. */
export function RaisedNote({ approval }: { approval: Approval }) {
  const words = raisedWords(approval);
  if (words === null || !approval.can.decide.allowed) return null;
  return (
    <Notice tone="hold" icon={Users}>
      {words}
    </Notice>
  );
}

/** How planted requests ended, for those who answer for approvals; and the way to plant one. */
export function PlantedPanel() {
  const actor = useActor();
  const sees = actor !== undefined && seesEveryApprover(actor).allowed;
  const counts = useQuery({ ...plantedCountsQuery(), enabled: sees }).data;
  return sees && counts ? <Counts counts={counts} /> : null;
}

function Counts({ counts }: { counts: PlantedCounts }) {
  const client = useQueryClient();
  const plant = useMutation({
    mutationFn: () => api.post(approvalPaths.planted),
    onSuccess: () =>
      toast.good('Asked for', 'If one fits it waits in the queue shortly; nobody is told which.'),
    onSettled: () => client.invalidateQueries({ queryKey: approvalKeys.planted }),
  });
  const { caught, missed, expired, days, nothing, per_100: rate } = counts;
  return (
    <Panel
      title="Planted requests"
      note={
        <Link href="/settings" className="text-accent hover:underline">
          {rate === 0 ? 'Off' : `${rate} of 100 held actions`}
        </Link>
      }
    >
      <div className="grid gap-3">
        <p className="text-text-2">
          Known-bad requests among what is held, to see whether they are caught. They never run, and
          are revealed to whoever decides them. Whoever misses one needs one more signature beside
          theirs for a while.
        </p>
        <KeyValue
          items={[
            { label: `Caught in ${days} days`, value: <span className="num">{caught}</span> },
            { label: 'Missed', value: <span className="num">{missed}</span> },
            {
              label: 'Ran out of time',
              value: <span className="num">{expired}</span>,
            },
          ]}
        />
        {nothing ? (
          <p className="text-text-2">
            Nothing was planted when it was last tried, <TimeAgo at={nothing.at} />. {nothing.why}
          </p>
        ) : null}
        <FormError error={plant.error} />
        <div>
          <Button
            icon={FlaskConical}
            can={counts.can.plant}
            loading={plant.isPending}
            onClick={() => plant.mutate()}
          >
            Plant one now
          </Button>
          <p className="note mt-1.5">
            Chosen by chance; you are not told which, and what you decide of it does not count.
          </p>
        </div>
      </div>
    </Panel>
  );
}
