'use client';

import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Ban, Pencil, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { plural } from '@/components/format';
import { useNow } from '@/components/hooks';
import { Page, PageHeader } from '@/components/layout';
import { StatusPill } from '@/components/data';
import {
  Button,
  ConfirmDialog,
  CopyId,
  KeyValue,
  Panel,
  QueryView,
  SkeletonText,
  TimeAgo,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { originWords } from '../origin';
import { rotationsQuery, secretQuery, vaultKeys, vaultPaths } from '../queries';
import type { SecretView } from '../schema';
import { FinishRotation } from './finish-rotation';
import { RotateDialog } from './rotate-dialog';
import { RotationSteps } from './rotation-steps';
import { RotationsTable } from './rotations-table';
import { SecretForm } from './secret-form';
import { VersionsTable } from './versions-table';
import { Due, isOpen, kindWords, Started } from './words';

/** One secret: how old it is, who uses it, its versions and its rotations. */
export function SecretPage({ id }: { id: string }) {
  const query = useQuery(secretQuery(id));
  return (
    <Page>
      <QueryView
        query={query}
        skeleton={
          <>
            <PageHeader title="Secret" back={{ href: '/vault', label: 'Vault' }} />
            <SkeletonText lines={8} className="py-4" />
          </>
        }
      >
        {(secret) => <Shown secret={secret} />}
      </QueryView>
    </Page>
  );
}

function Shown({ secret }: { secret: SecretView }) {
  return (
    <>
      <PageHeader
        title={secret.name}
        back={{ href: '/vault', label: 'Vault' }}
        actions={<Actions secret={secret} />}
        meta={
          <>
            <StatusPill value={secret.state} />
            <span>{kindWords[secret.rotator.kind]}</span>
            <CopyId id={secret.id} />
          </>
        }
      />
      <div className="grid items-start gap-3.5 wide:grid-cols-2">
        <Facts secret={secret} />
        <LastRotation secretId={secret.id} />
      </div>
      <VersionsTable secretId={secret.id} />
      <RotationsTable id="secret-rotations" title="Rotations" filters={{ subject: secret.id }} />
    </>
  );
}

function Facts({ secret }: { secret: SecretView }) {
  const now = useNow(60_000);
  return (
    <Panel title="What it is">
      <KeyValue
        items={[
          secret.description ? { label: 'Description', value: secret.description } : null,
          {
            label: 'Used by',
            value:
              secret.usedBy.map((tool) => tool.name).join(', ') ||
              'no tool yet: choose it in the catalog',
          },
          {
            label: 'Sent to',
            value: secret.origin ? (
              <span className="mono">{originWords(secret.origin)}</span>
            ) : (
              'nowhere yet'
            ),
            hint: secret.origin
              ? 'and nowhere else: enter it as a new secret for another address'
              : 'the first tool that uses it says where',
          },
          { label: 'Version', value: secret.version ?? 'none' },
          { label: 'In use since', value: <TimeAgo at={secret.activatedAt} /> },
          {
            label: 'Due',
            value: <Due at={secret.state === 'active' ? secret.dueAt : null} now={now} />,
            hint: secret.rotateEveryDays
              ? `every ${plural(secret.rotateEveryDays, 'day')}`
              : "the workspace's limit",
          },
          secret.rotator.kind === 'http_api_keys'
            ? { label: 'Upstream', value: <span className="mono">{secret.rotator.baseUrl}</span> }
            : null,
          { label: 'Kept since', value: <TimeAgo at={secret.createdAt} /> },
        ].filter((item) => item !== null)}
      />
    </Panel>
  );
}

function LastRotation({ secretId }: { secretId: string }) {
  const query = useInfiniteQuery(rotationsQuery({ subject: secretId }));
  const latest = query.data?.pages[0]?.items[0];
  return (
    <Panel title={latest && isOpen(latest) ? 'Rotation under way' : 'Last rotation'}>
      {latest ? (
        <div className="grid gap-3">
          <p className="note">
            <Started rotation={latest} />
          </p>
          <RotationSteps rotation={latest} />
          <div>
            <FinishRotation rotation={latest} />
          </div>
        </div>
      ) : query.data ? (
        <p className="text-text-2">It has not been rotated yet.</p>
      ) : (
        <SkeletonText lines={5} />
      )}
    </Panel>
  );
}

function Actions({ secret }: { secret: SecretView }) {
  const client = useQueryClient();
  const [doing, setDoing] = useState<'rotate' | 'edit' | 'revoke' | null>(null);
  const opens = (which: typeof doing) => ({
    open: doing === which,
    onOpenChange: (open: boolean) => setDoing(open ? which : null),
  });
  const tools = secret.usedBy.length;
  return (
    <>
      <Button
        variant="primary"
        icon={RefreshCw}
        can={secret.can.rotate}
        onClick={() => setDoing('rotate')}
      >
        Rotate now
      </Button>
      <Button icon={Pencil} can={secret.can.update} onClick={() => setDoing('edit')}>
        Edit
      </Button>
      <Button
        variant="danger"
        icon={Ban}
        can={secret.can.revoke}
        onClick={() => setDoing('revoke')}
      >
        Revoke…
      </Button>
      <RotateDialog secret={secret} {...opens('rotate')} />
      <SecretForm
        secret={secret}
        {...opens('edit')}
        onSaved={({ secret: saved }) => toast.good('Saved', saved.name)}
      />
      <ConfirmDialog
        {...opens('revoke')}
        title={`Revoke ${secret.name}`}
        effects={[
          'Erases its values here; withdraw it at the upstream as well',
          tools > 0 ? `${plural(tools, 'tool')} can no longer be reached` : 'No tool uses it',
          ...(secret.rotation
            ? ['Ends the rotation under way, whose record names the keys to withdraw there']
            : []),
        ]}
        typeName={secret.name}
        reason="optional"
        confirmLabel="Revoke"
        onConfirm={async ({ reason }) => {
          await api.post(vaultPaths.revoke(secret.id), { reason });
          await client.invalidateQueries({ queryKey: vaultKeys.all });
        }}
      />
    </>
  );
}
