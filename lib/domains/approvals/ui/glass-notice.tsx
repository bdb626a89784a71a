'use client';

import { useQuery } from '@tanstack/react-query';
import { Siren } from 'lucide-react';
import { plural } from '@/components/format';
import { LinkButton, Notice } from '@/components/ui';
import { useActor } from '@/lib/domains/workspaces';
import { manageApprovals } from '../policy';
import { approvalCountQuery } from '../queries';

/** Tells every admin for a week that the glass was broken, whatever else announces it. */
export function GlassNotice() {
  const actor = useActor();
  const broken = useQuery(approvalCountQuery()).data?.broke_glass ?? 0;
  if (broken === 0 || actor === undefined || !manageApprovals(actor).allowed) return null;
  return (
    <Notice
      tone="deny"
      icon={Siren}
      action={
        <LinkButton size="sm" href="/trail?type=approval.broke_glass">
          See who and why
        </LinkButton>
      }
    >
      In the last 7 days {plural(broken, 'action')} ran because somebody broke the glass.
    </Notice>
  );
}
