'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, type Can, Dialog, FormError } from '@/components/ui';
import { FloorFields, type FloorKind, type TierFloors, withFloor } from '@/lib/domains/workspaces';
import { api } from '@/lib/http/fetcher';
import { environments } from '@/lib/kernel/environments';
import { policyKeys, policyPaths } from '../../policies/queries';
import type { Draft } from '../../policies/schema';

/** Tier floors drafted, so that they can be tried, and published by another admin. */
export function DraftFloors({
  draft,
  now,
  can,
}: {
  draft: Draft;
  /** As they hold without the draft. */
  now: TierFloors;
  can: Can;
}) {
  const client = useQueryClient();
  const [floors, setFloors] = useState<TierFloors | null>(null);
  const save = useMutation({
    mutationFn: () =>
      api.post<Draft>(policyPaths.edit(draft.id), { edit: { do: 'set_floors', floors } }),
    onSuccess: (next) => {
      client.setQueryData(policyKeys.draft(draft.id), next);
      setFloors(null);
    },
  });
  return (
    <>
      <Button can={can} onClick={() => setFloors(drafted(draft, now))}>
        Tier floors…
      </Button>
      <Dialog
        open={floors !== null}
        onOpenChange={(open) => {
          if (open) return;
          save.reset();
          setFloors(null);
        }}
        size="lg"
        title="Tier floors"
        description="No permission lets such an action run below this tier"
        footer={
          <>
            <Button onClick={() => setFloors(null)}>Cancel</Button>
            <Button variant="primary" loading={save.isPending} onClick={() => save.mutate()}>
              Put into the draft
            </Button>
          </>
        }
      >
        <FormError error={save.error} />
        {floors ? <FloorFields value={floors} onChange={setFloors} /> : null}
      </Dialog>
    </>
  );
}

/** The floors with what the draft changes of them already. */
function drafted({ changes }: Draft, now: TierFloors): TierFloors {
  return changes.reduce((floors, { path, after }) => {
    const [of, kind, environment] = path.split('/');
    if (of !== 'floors') return floors;
    const place = environments.find((one) => one === environment) ?? null;
    return withFloor(floors, place, kind as FloorKind, after as 1 | 2 | 3 | null);
  }, now);
}
