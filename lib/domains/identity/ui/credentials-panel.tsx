'use client';

import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { useNow, useUrlState } from '@/components/hooks';
import { StatusPill } from '@/components/data';
import {
  Button,
  ConfirmDialog,
  CopyId,
  EmptyState,
  ErrorState,
  LoadMore,
  Panel,
  SkeletonRows,
  TimeAgo,
  toast,
} from '@/components/ui';
import { useActor } from '@/lib/domains/workspaces';
import { api } from '@/lib/http/fetcher';
import { mayManage } from '../policy';
import { credentialPaths, credentialsQuery } from '../queries';
import type { CredentialView, NewCredential } from '../schema';
import { rowsOf, useLiveCredentials } from './live-credentials';
import { Made, NewCredentialDialog } from './new-credential';

const DAY = 86_400_000;
const kinds = { key_pair: 'Key pair', secret: 'Client secret' };

export interface CredentialsPanelProps {
  agent: string;
  name: string;
  /** Why no credential can be added now; nothing when one can. */
  closed?: string | null;
}

/** What an agent proves itself with: made, renewed and ended here. */
export function CredentialsPanel({ agent, name, closed }: CredentialsPanelProps) {
  const client = useQueryClient();
  const actor = useActor();
  const { rows, error, refetch } = useLiveCredentials(agent);
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<CredentialView | null>(null);
  const [rotating, setRotating] = useState<CredentialView | null>(null);
  const [made, setMade] = useState<NewCredential | null>(null);
  const refresh = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ['credentials'] }),
      client.invalidateQueries({ queryKey: ['vault'] }),
    ]);
  const revoke = useMutation({
    mutationFn: ({ id, reason }: { id: string; reason: string }) =>
      api.post(credentialPaths.revoke(id), { reason }),
    onSuccess: () => {
      toast.good('Credential revoked', 'Its tokens stop working within a second.');
      return refresh();
    },
  });
  const rotate = useMutation({
    mutationFn: (id: string) => api.post<NewCredential>(credentialPaths.rotate(id)),
    onSuccess: (successor) => {
      setMade(successor);
      return refresh();
    },
  });
  const can = actor && mayManage(actor);
  const add = (
    <Button
      icon={Plus}
      disabledReason={closed ?? (can && !can.allowed ? can.reason : null)}
      onClick={() => setCreating(true)}
    >
      New credential
    </Button>
  );
  return (
    <Panel title="Credentials" note="What it proves itself with" actions={add} padded={false}>
      {rows === undefined ? (
        // What was loaded stays when a later refetch fails.
        error ? (
          <ErrorState compact error={error} onRetry={() => void refetch()} />
        ) : (
          <SkeletonRows rows={3} />
        )
      ) : rows.length === 0 ? (
        <EmptyState compact icon={KeyRound} title="No working credential" action={add}>
          Without one it cannot get a token, and so can do nothing.
        </EmptyState>
      ) : (
        <ul>
          {rows.map((row) => (
            <Row
              key={row.id}
              row={row}
              onRotate={() => setRotating(row)}
              onRevoke={() => setRevoking(row)}
            />
          ))}
        </ul>
      )}
      <Revoked agent={agent} />
      <NewCredentialDialog agent={agent} name={name} open={creating} onOpenChange={setCreating} />
      {made ? <Made made={made} onDone={() => setMade(null)} /> : null}
      <ConfirmDialog
        open={rotating !== null}
        onOpenChange={(open) => !open && setRotating(null)}
        tone="primary"
        title="Rotate this credential"
        effects={[
          'makes its successor now, and shows the private part once',
          'keeps the old one working until the successor has been used, at most 24 hours',
          'then revokes the old one',
        ]}
        confirmLabel="Rotate"
        onConfirm={() => rotating && rotate.mutateAsync(rotating.id)}
      />
      <ConfirmDialog
        open={revoking !== null}
        onOpenChange={(open) => !open && setRevoking(null)}
        title="Revoke this credential"
        effects={[
          'ends the tokens it got, within a second',
          (rows ?? []).length <= 1
            ? `leaves ${name} without a credential: it can do nothing until it has a new one`
            : `leaves ${name} its other credentials`,
        ]}
        confirmLabel="Revoke"
        reason="optional"
        onConfirm={({ reason }) => revoking && revoke.mutateAsync({ id: revoking.id, reason })}
      />
    </Panel>
  );
}

interface RowProps {
  row: CredentialView;
  /** Of one that is not revoked. */
  onRotate?: () => void;
  onRevoke?: () => void;
}

function Row({ row, onRotate, onRevoke }: RowProps) {
  const now = useNow(60_000);
  const age = Math.max(0, Math.floor((now - Date.parse(row.createdAt)) / DAY));
  return (
    <li className="flex flex-wrap items-center gap-x-5 gap-y-2 border-b border-line px-3.5 py-3 last:border-b-0">
      <div className="grid min-w-0 flex-1 basis-72 gap-0.5">
        <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span className="font-medium">{kinds[row.kind]}</span>
          {row.algorithm ? <span className="mono text-text-2">{row.algorithm}</span> : null}
          {row.label ? <span className="text-text-2">{row.label}</span> : null}
          <StatusPill value={row.expired && row.state !== 'revoked' ? 'expired' : row.state} />
        </div>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-sm text-text-3">
          <CopyId id={row.id} />
          <span>{age === 0 ? 'made today' : `${age} ${age === 1 ? 'day' : 'days'} old`}</span>
          <span>
            last used <TimeAgo at={row.lastUsedAt} />
          </span>
          {row.revokedAt ? (
            <span>
              revoked <TimeAgo at={row.revokedAt} />
            </span>
          ) : row.expiresAt ? (
            <span>
              expires <TimeAgo at={row.expiresAt} />
            </span>
          ) : null}
        </div>
      </div>
      {row.state === 'revoked' ? null : (
        <div className="flex gap-2">
          <Button size="sm" can={row.can.rotate} onClick={onRotate}>
            Rotate…
          </Button>
          <Button size="sm" variant="danger" can={row.can.revoke} onClick={onRevoke}>
            Revoke…
          </Button>
        </div>
      )}
    </li>
  );
}

/** Those that are revoked: the newest at first, the others page by page. */
function Revoked({ agent }: { agent: string }) {
  const [url, setUrl] = useUrlState({ revoked: '' });
  const query = useInfiniteQuery(credentialsQuery({ agentId: agent, state: 'revoked' }));
  const shown = url.revoked === '1';
  const rows = query.data ? rowsOf(query.data) : [];
  if (rows.length === 0 && !shown) return null;
  const count = query.hasNextPage ? `${rows.length} or more` : String(rows.length);
  return (
    <>
      <div className="border-t border-line px-3.5 py-2">
        <Button size="sm" variant="ghost" onClick={() => setUrl({ revoked: shown ? '' : '1' })}>
          {shown ? 'Hide revoked' : `Show ${count} revoked`}
        </Button>
      </div>
      {!shown ? null : query.data ? (
        <>
          <ul className="border-t border-line">
            {rows.map((row) => (
              <Row key={row.id} row={row} />
            ))}
          </ul>
          <LoadMore query={query} />
        </>
      ) : query.isError ? (
        <ErrorState compact error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <SkeletonRows rows={2} />
      )}
    </>
  );
}
