'use client';

import { useQuery } from '@tanstack/react-query';
import { TriangleAlert } from 'lucide-react';
import { plural } from '@/components/format';
import { LinkButton, Notice } from '@/components/ui';
import { useActor } from '@/lib/domains/workspaces';
import { manageApprovals } from '../../policy';
import { approvalRoutesQuery } from '../../routing/queries';

/** Tells who can mend it that some held actions would wait in vain, before one does. */
export function RoutingWarnings() {
  const actor = useActor();
  const mends = actor !== undefined && manageApprovals(actor).allowed;
  const { data } = useQuery({ ...approvalRoutesQuery(), enabled: mends });
  if (!mends || !data) return null;
  const all = [
    ...data.items.flatMap(({ name, warnings }) => warnings.map((warning) => `${name}: ${warning}`)),
    ...data.warnings,
  ];
  const [first, ...others] = all;
  if (first === undefined) return null;
  return (
    <Notice
      tone="deny"
      icon={TriangleAlert}
      action={
        <LinkButton size="sm" href="/approvals/routing">
          Mend it
        </LinkButton>
      }
    >
      {first}
      {others.length > 0 ? ` And ${plural(others.length, 'more warning')}.` : null}
    </Notice>
  );
}
