'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Check, ShieldAlert, ShieldCheck } from 'lucide-react';
import { formatNumber, plural } from '@/components/format';
import { Button, Notice, TimeAgo, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { checkpointQuery, lastVerificationQuery, trailKeys, trailPaths } from '../queries';
import type { VerificationView } from '../schema';

/** How far the log has been verified, in one line beside the title. */
export function VerifiedTo() {
  const last = useQuery(lastVerificationQuery()).data;
  const head = useQuery(checkpointQuery()).data?.checkpoint;
  if (last === undefined) return null;
  if (last === null) return <span className="text-text-3">Not verified yet</span>;
  if (last.status === 'failed') return <span className="text-deny">Does not verify</span>;
  const since = head ? head.size - last.size : 0;
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      <span className="num inline-flex items-center gap-1.5 text-allow">
        <Check aria-hidden className="size-4" strokeWidth={1.75} />
        Verified to {formatNumber(last.size)}
      </span>
      <span className="note">
        <TimeAgo at={last.finished_at} />
        {since > 0 ? `, ${plural(since, 'event')} since` : null}
      </span>
    </span>
  );
}

/** What is wrong with the log, above everything else on the page. */
export function BrokenNotice() {
  const last = useQuery(lastVerificationQuery()).data;
  if (last?.status !== 'failed') return null;
  return (
    <Notice tone="deny" icon={ShieldAlert} title="The trail is not as it was signed">
      {last.detail} Keep the database and its backups as they are, and find out who could write to
      it. Found <TimeAgo at={last.finished_at} />
      {last.first_bad === null ? null : `, first at index ${formatNumber(last.first_bad)}`}.
    </Notice>
  );
}

export function VerifyButton() {
  const client = useQueryClient();
  const can = useQuery(checkpointQuery()).data?.can.verify;
  const verify = useMutation({
    mutationFn: () => api.post<VerificationView>(trailPaths.verify),
    onSuccess: (found) => {
      void client.invalidateQueries({ queryKey: trailKeys.live });
      if (found.status === 'failed') {
        toast({ title: 'The trail does not verify', description: found.detail, tone: 'deny' });
      } else {
        toast.good(
          `${plural(found.size, 'event')} verified`,
          'Every leaf, every index, every checkpoint.',
        );
      }
    },
    onError: (error) => toast.error(error, 'The trail was not verified'),
  });
  return (
    <Button
      icon={ShieldCheck}
      loading={verify.isPending}
      onClick={() => verify.mutate()}
      {...(can ? { can } : {})}
    >
      {verify.isPending ? 'Verifying' : 'Verify now'}
    </Button>
  );
}
