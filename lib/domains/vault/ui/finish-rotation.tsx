'use client';

import { useQueryClient } from '@tanstack/react-query';
import { Hand } from 'lucide-react';
import { useState } from 'react';
import { Button, ConfirmDialog } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { isFinished } from '../rotation';
import { vaultKeys, vaultPaths } from '../queries';
import type { RotationView } from '../schema';

/** Ends a secret's rotation whose old key cannot be withdrawn from here. */
export function FinishRotation({ rotation }: { rotation: RotationView }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  if (rotation.subjectType !== 'secret' || isFinished(rotation.step)) return null;
  return (
    <>
      <Button icon={Hand} can={rotation.can.finish} onClick={() => setAsking(true)}>
        Finish by hand
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Finish the rotation of ${rotation.subjectName} by hand`}
        effects={[
          'The new value stays in use, and the old one is erased here at once, its grace or not',
          'The old key is not withdrawn at the upstream any more: withdraw it there yourself',
          'The rotation’s record names that key, and your reason',
        ]}
        reason="required"
        confirmLabel="Finish by hand"
        onConfirm={async ({ reason }) => {
          await api.post<RotationView>(vaultPaths.finish(rotation.id), { reason });
          await client.invalidateQueries({ queryKey: vaultKeys.all });
        }}
      />
    </>
  );
}
