'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Archive, Download, ScrollText } from 'lucide-react';
import { useState } from 'react';
import { formatDate, plural } from '@/components/format';
import { PageHeader } from '@/components/layout';
import { StatusPill } from '@/components/data';
import {
  Button,
  ConfirmDialog,
  CopyId,
  LinkButton,
  Menu,
  TimeAgo,
  toast,
  Until,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { campaignKeys, campaignPaths } from '../queries';
import type { CampaignDetail } from '../schema';
import { stateLooks } from './look';

/** What it is, until when, and what can be done with the whole of it. */
export function CampaignHead({ campaign }: { campaign: CampaignDetail }) {
  const client = useQueryClient();
  const [closing, setClosing] = useState(false);
  const close = useMutation({
    mutationFn: (reason: string) =>
      api.post<CampaignDetail>(campaignPaths.close(campaign.id), { reason }),
    onSuccess: (closed) => {
      client.setQueryData(campaignKeys.one(closed.id), closed);
      toast.good('Access review closed', closed.name);
      return client.invalidateQueries({ queryKey: campaignKeys.all });
    },
  });
  const { progress } = campaign;
  return (
    <>
      <PageHeader
        title={campaign.name}
        back={{ href: '/access-reviews', label: 'Access reviews' }}
        actions={
          <>
            <LinkButton icon={ScrollText} href={`/trail?q=${campaign.id}`}>
              In the trail
            </LinkButton>
            <EvidenceMenu campaign={campaign} />
            <Button
              icon={Archive}
              variant="danger"
              can={campaign.can.close}
              onClick={() => setClosing(true)}
            >
              Close…
            </Button>
          </>
        }
        meta={
          <>
            <StatusPill value={campaign.state} map={stateLooks} />
            {campaign.state === 'open' ? (
              <span>
                due {formatDate(campaign.dueAt)}, <Until at={campaign.dueAt} />
              </span>
            ) : (
              <span>
                closed <TimeAgo at={campaign.closedAt} />
                {campaign.closedBy ? ` by ${campaign.closedBy.name}` : ''}: {campaign.closeReason}
              </span>
            )}
            <span>
              what is undone then is {campaign.undone === 'remove' ? 'removed' : 'escalated'}
            </span>
            <span className="note">
              started by {campaign.createdBy.name} <TimeAgo at={campaign.createdAt} />
            </span>
            <CopyId id={campaign.id} />
          </>
        }
      />
      <ConfirmDialog
        open={closing}
        onOpenChange={setClosing}
        title={`Close ${campaign.name}`}
        description="Nothing in it can be decided afterwards."
        effects={[
          `leaves ${plural(progress.open + progress.escalated, 'item')} undecided, and their access as it is`,
          ...(progress.requested > 0
            ? [`leaves ${plural(progress.requested, 'removal')} not carried out`]
            : []),
        ]}
        confirmLabel="Close"
        reason="required"
        onConfirm={({ reason }) => close.mutateAsync(reason)}
      />
    </>
  );
}

/** No link: one that is fetched ahead would be an export that nobody asked for. */
function EvidenceMenu({ campaign: { id, can } }: { campaign: CampaignDetail }) {
  const button = (
    <Button icon={Download} can={can.export}>
      Evidence
    </Button>
  );
  if (!can.export.allowed) return button;
  return (
    <Menu
      trigger={button}
      items={(['csv', 'json'] as const).map((format) => ({
        label: `As ${format.toUpperCase()}`,
        onSelect: () => {
          const link = document.createElement('a');
          link.href = campaignPaths.evidence(id, format);
          link.download = '';
          link.click();
        },
      }))}
    />
  );
}
