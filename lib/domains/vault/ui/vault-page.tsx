'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { plural } from '@/components/format';
import { useNow, useUrlState } from '@/components/hooks';
import { Page, PageHeader } from '@/components/layout';
import { Button, Panel, SecretOnce, Stat, Stats, Tabs } from '@/components/ui';
import { useActor } from '@/lib/domains/workspaces';
import { mayManage } from '../policy';
import { dueQuery, rotationsQuery } from '../queries';
import { DUE_SOON_DAYS, type RotationView, type SecretView } from '../schema';
import { DueTable } from './due-table';
import { RotationSteps } from './rotation-steps';
import { RotationsTable } from './rotations-table';
import { SecretForm } from './secret-form';
import { SecretsTable } from './secrets-table';
import { Started } from './words';
import Link from 'next/link';

const FORTNIGHT = DUE_SOON_DAYS * 86_400_000;

/** Secrets and credentials by age against policy, and the rotations that renew them. */
export function VaultPage() {
  const [url, setUrl] = useUrlState({ new: '' });
  const router = useRouter();
  const actor = useActor();
  const can = actor && mayManage(actor);
  const [made, setMade] = useState<{ secret: SecretView; value: string } | null>(null);
  const open = useInfiniteQuery(rotationsQuery({ state: 'open' }));
  const running = open.data?.pages.flatMap((page) => page.items) ?? [];
  const add = (
    <Button variant="primary" icon={Plus} can={can} onClick={() => setUrl({ new: '1' })}>
      New secret
    </Button>
  );
  return (
    <Page>
      <PageHeader
        title="Vault"
        subtitle="What tools are reached with and agents prove themselves with"
        actions={add}
      />
      <Numbers running={running.length} />
      {running.length > 0 ? <Running rotations={running} /> : null}
      <Tabs
        label="Vault"
        tabs={[
          { value: 'due', label: 'By age', content: <DueTable /> },
          { value: 'secrets', label: 'Secrets', content: <SecretsTable add={add} /> },
          {
            value: 'rotations',
            label: 'Rotations',
            content: <RotationsTable id="rotations" filters={{}} />,
          },
        ]}
      />
      <SecretForm
        open={url.new === '1' && can?.allowed === true}
        onOpenChange={(next) => setUrl({ new: next ? '1' : '' })}
        onSaved={({ secret, value }) => {
          if (value === undefined) router.push(`/vault/${secret.id}`);
          else setMade({ secret, value });
        }}
      />
      {made ? (
        <SecretOnce
          title={`The value of ${made.secret.name}`}
          secret={made.value}
          label="Secret value"
          filename={`${made.secret.name}.txt`}
          onDone={() => router.push(`/vault/${made.secret.id}`)}
        />
      ) : null}
    </Page>
  );
}

function Numbers({ running }: { running: number }) {
  const due = useInfiniteQuery(dueQuery()).data?.pages[0];
  const failed = useInfiniteQuery(rotationsQuery({ state: 'failed' })).data?.pages[0]?.items ?? [];
  const now = useNow(60_000);
  const { overdue = 0, soon = 0 } = due?.counts ?? {};
  const recent = failed.filter(
    (rotation) => now - Date.parse(rotation.startedAt) < FORTNIGHT,
  ).length;
  const limits = due
    ? `at most ${due.secretMaxAgeDays} d, credentials ${due.credentialMaxAgeDays} d`
    : '';
  return (
    <Stats>
      <Stat label="In use" value={due?.counts.inUse ?? '–'} detail={limits} />
      <Stat
        label="Overdue"
        value={due ? overdue : '–'}
        tone={overdue > 0 ? 'deny' : 'neutral'}
        detail={overdue > 0 ? 'rotate these first' : 'nothing past its limit'}
      />
      <Stat
        label={`Due within ${DUE_SOON_DAYS} days`}
        value={due ? soon : '–'}
        tone={soon > 0 ? 'hold' : 'neutral'}
        detail={`${plural(running, 'rotation')} under way`}
      />
      <Stat
        label="Failed, 14 days"
        value={recent}
        tone={recent > 0 ? 'deny' : 'neutral'}
        detail="the old one stays in use"
        href="/vault?tab=rotations"
      />
    </Stats>
  );
}

function Running({ rotations }: { rotations: RotationView[] }) {
  return (
    <Panel title="Under way" note={plural(rotations.length, 'rotation')}>
      <ul className="grid gap-5 wide:grid-cols-2">
        {rotations.slice(0, 6).map((rotation) => (
          <li key={rotation.id} className="grid content-start gap-2">
            <div className="flex flex-wrap items-baseline gap-x-2">
              <Link
                href={`/vault/rotations/${rotation.id}`}
                className="font-medium hover:text-accent"
              >
                {rotation.subjectName}
              </Link>
              <span className="note">
                <Started rotation={rotation} />
              </span>
            </div>
            <RotationSteps rotation={rotation} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
