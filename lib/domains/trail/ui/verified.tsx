'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Check, ShieldAlert, ShieldCheck } from 'lucide-react';
import Link from 'next/link';
import { formatNumber, plural } from '@/components/format';
import { Button, Notice, Progress, TimeAgo, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { checkpointQuery, trailKeys } from '../queries';
import { verificationPaths, verificationQuery } from '../verification/queries';
import type { Scope, VerificationView } from '../verification/schema';

const PAGE = '/trail/verification';

/** How far the log has been verified, in one line beside the title. */
export function VerifiedTo() {
  const state = useQuery(verificationQuery()).data;
  const head = useQuery(checkpointQuery()).data?.checkpoint;
  if (state === undefined) return null;
  if (state.failure) {
    return (
      <Link href={PAGE} className="text-deny hover:underline">
        Does not verify
      </Link>
    );
  }
  if (state.verified_to === null) return <span className="text-text-3">Not verified yet</span>;
  const since = head ? head.size - state.verified_to : 0;
  return (
    <Link href={PAGE} className="flex flex-wrap items-center gap-x-2 hover:underline">
      <span className="num inline-flex items-center gap-1.5 text-allow">
        <Check aria-hidden className="size-4" strokeWidth={1.75} />
        Verified to {formatNumber(state.verified_to)}
      </span>
      <span className="note">
        <TimeAgo at={state.last?.finished_at ?? null} />
        {since > 0 ? `, ${plural(since, 'event')} since` : null}
      </span>
    </Link>
  );
}

/** What is wrong with the log, above everything else on the page; and what is being verified. */
export function BrokenNotice() {
  const state = useQuery(verificationQuery()).data;
  return (
    <>
      {state?.failure ? <Broken failure={state.failure} /> : null}
      {state?.running ? <Running run={state.running} /> : null}
    </>
  );
}

function Broken({ failure }: { failure: VerificationView }) {
  return (
    <Notice tone="deny" icon={ShieldAlert} title="The trail is not as it was signed">
      {failure.detail} Keep the database and its backups as they are, and find out who could write
      to it. Found <TimeAgo at={failure.finished_at} />
      {failure.first_bad === null ? null : `, first at index ${formatNumber(failure.first_bad)}`}.
    </Notice>
  );
}

/** A verification under way, whoever started it and wherever it runs. */
export function Running({ run }: { run: VerificationView }) {
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => api.post<VerificationView>(verificationPaths.cancel(run.id)),
    onSettled: () => client.invalidateQueries({ queryKey: trailKeys.live }),
    onError: (error) => toast.error(error, 'The verification was not cancelled'),
  });
  const done = run.done - run.from;
  const total = Math.max(run.size - run.from, 1);
  return (
    <Progress
      label={run.scope === 'all' ? 'Verifying the whole log' : 'Verifying what is new'}
      value={Math.min(done, total)}
      max={total}
      detail={`${formatNumber(done)} of ${formatNumber(run.size - run.from)}`}
      {...(run.can.cancel.allowed ? { onCancel: () => cancel.mutate() } : {})}
    />
  );
}

export function VerifyButton({ scope = 'all' }: { scope?: Scope }) {
  const client = useQueryClient();
  const can = useQuery(checkpointQuery()).data?.can.verify;
  const running = useQuery(verificationQuery()).data?.running;
  const verify = useMutation({
    mutationFn: () => api.post<VerificationView>(verificationPaths.verify, { scope }),
    onMutate: () => {
      // Its progress shows as soon as it has begun, not when it has ended.
      setTimeout(() => void client.invalidateQueries({ queryKey: trailKeys.live }), 500);
    },
    onSuccess: (found) => {
      void client.invalidateQueries({ queryKey: trailKeys.live });
      say(found);
    },
    onError: (error) => toast.error(error, 'The trail was not verified'),
  });
  const busy = verify.isPending || (running !== null && running !== undefined);
  return (
    <Button
      icon={ShieldCheck}
      loading={busy}
      onClick={() => verify.mutate()}
      {...(can ? { can } : {})}
    >
      {busy ? 'Verifying' : scope === 'all' ? 'Verify now' : 'Verify what is new'}
    </Button>
  );
}

function say(found: VerificationView): void {
  if (found.status === 'failed') {
    toast({ title: 'The trail does not verify', description: found.detail, tone: 'deny' });
  } else if (found.status === 'ok') {
    toast.good(
      `${plural(found.size, 'event')} verified`,
      'Every leaf, every index, every tile, every checkpoint.',
    );
  } else if (found.status === 'running') {
    toast('The verification goes on. You can leave this page.');
  } else toast(found.detail);
}
