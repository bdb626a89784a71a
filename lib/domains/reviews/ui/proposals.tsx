'use client';

import { useMutation } from '@tanstack/react-query';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { Badge, Button, Panel, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { reviewPaths } from '../queries';
import type { Proposal, ReviewRates } from '../schema';

/** Permissions that the verdicts say belong in another tier; each leads to a draft, none moves itself. */
export function Proposals({ rates: { can, proposals } }: { rates: ReviewRates }) {
  const router = useRouter();
  const draft = useMutation({
    mutationFn: ({ move, permission }: Proposal) =>
      api.post<{ draft: string }>(reviewPaths.draftProposal(permission), { move }),
    onSuccess: (made) => router.push(`/policies/drafts/${made.draft}`),
    onError: (error) => toast.error(error, 'Not drafted'),
  });
  if (proposals.length === 0) return null;
  return (
    <Panel
      title="Proposed by the verdicts"
      note="Nothing moves by itself: a draft is replayed and published by a person"
      padded={false}
    >
      <ul aria-label="Proposals">
        {proposals.map((proposal) => (
          <li
            key={`${proposal.permission} ${proposal.move}`}
            className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-3.5 py-3 last:border-b-0"
          >
            <div className="grid min-w-0 flex-1 basis-72 gap-1">
              <div className="flex flex-wrap items-center gap-2">
                {proposal.move === 'raise' ? (
                  <Badge tone="hold" icon={ArrowUp}>
                    up a tier
                  </Badge>
                ) : (
                  <Badge tone="allow" icon={ArrowDown}>
                    down a tier
                  </Badge>
                )}
                <h3 className="font-medium [overflow-wrap:anywhere]">
                  {proposal.action_type} of {proposal.role}
                </h3>
              </div>
              <p className="text-sm text-text-2">{proposal.why}</p>
            </div>
            <Button
              size="sm"
              can={can.draft}
              loading={draft.isPending && draft.variables.permission === proposal.permission}
              onClick={() => draft.mutate(proposal)}
            >
              Draft this
            </Button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
