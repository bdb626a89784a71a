'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { Page, PageHeader } from '@/components/layout';
import {
  Button,
  ConfirmDialog,
  CopyId,
  KeyValue,
  Notice,
  Panel,
  QueryView,
  SkeletonText,
  TimeAgo,
} from '@/components/ui';
import { CredentialOnce, type NewCredential } from '@/lib/domains/identity';
import { api } from '@/lib/http/fetcher';
import { rotationQuery, vaultKeys, vaultPaths } from '../queries';
import type { RotationView } from '../schema';
import { FinishRotation } from './finish-rotation';
import { RotationSteps } from './rotation-steps';
import { StepPill } from './words';

/** One rotation with each of its steps, live. */
export function RotationPage({ id }: { id: string }) {
  const query = useQuery(rotationQuery(id));
  return (
    <Page width="wide">
      <QueryView
        query={query}
        skeleton={
          <>
            <PageHeader title="Rotation" back={{ href: '/vault', label: 'Vault' }} />
            <SkeletonText lines={6} className="py-4" />
          </>
        }
      >
        {(rotation) => <Shown rotation={rotation} />}
      </QueryView>
    </Page>
  );
}

function Shown({ rotation }: { rotation: RotationView }) {
  const secret = rotation.subjectType === 'secret';
  return (
    <>
      <PageHeader
        title={`Rotation of ${rotation.subjectName}`}
        back={{ href: '/vault?tab=rotations', label: 'Rotations' }}
        actions={secret ? <FinishRotation rotation={rotation} /> : <Collect rotation={rotation} />}
        meta={
          <>
            <StepPill step={rotation.step} />
            <CopyId id={rotation.id} />
          </>
        }
      />
      {rotation.step === 'failed' ? (
        <Notice tone="deny" title="It failed; the old one stays in use">
          {rotation.error ?? 'The trail says why.'}
        </Notice>
      ) : null}
      <div className="grid items-start gap-3.5 wide:grid-cols-2">
        <Panel title="Steps">
          <RotationSteps rotation={rotation} />
        </Panel>
        <Panel title="About it">
          <KeyValue
            items={[
              {
                label: secret ? 'Secret' : 'Credential',
                value: secret ? (
                  <Link href={`/vault/${rotation.subjectId}`} className="hover:text-accent">
                    {rotation.subjectName}
                  </Link>
                ) : (
                  <CopyId id={rotation.subjectId} />
                ),
              },
              ...(rotation.successorId
                ? [{ label: 'Successor', value: <CopyId id={rotation.successorId} /> }]
                : []),
              {
                label: 'Started',
                value: <TimeAgo at={rotation.startedAt} />,
                hint: rotation.trigger === 'schedule' ? 'by schedule' : 'by hand',
              },
              {
                label: 'Finished',
                value: <TimeAgo at={rotation.finishedAt} empty="under way" />,
              },
              ...(rotation.ended && rotation.step !== 'failed'
                ? [{ label: 'Ended because', value: rotation.ended.reason }]
                : []),
            ]}
          />
        </Panel>
      </div>
    </>
  );
}

function Collect({ rotation }: { rotation: RotationView }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [made, setMade] = useState<NewCredential | null>(null);
  if (rotation.trigger !== 'schedule') return null;
  return (
    <>
      <Button icon={KeyRound} can={rotation.can.collect} onClick={() => setAsking(true)}>
        Collect the new credential
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        tone="primary"
        title="Collect the new credential"
        effects={['Shows its private part once, and erases it here']}
        confirmLabel="Show it"
        onConfirm={async () => {
          setMade(await api.post<NewCredential>(vaultPaths.collect(rotation.id)));
          await client.invalidateQueries({ queryKey: vaultKeys.all });
        }}
      />
      {made ? <CredentialOnce made={made} onDone={() => setMade(null)} /> : null}
    </>
  );
}
