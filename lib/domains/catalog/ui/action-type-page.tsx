'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Archive, Pencil } from 'lucide-react';
import Link from 'next/link';
import { type ReactNode, useState } from 'react';
import { Page, PageHeader } from '@/components/layout';
import { Classification, EffectBadges, Reversibility, StatusPill } from '@/components/data';
import {
  Button,
  ConfirmDialog,
  CopyId,
  JsonView,
  KeyValue,
  Panel,
  QueryView,
  SkeletonText,
  TimeAgo,
  toast,
} from '@/components/ui';
import { TypeDataPanel } from '@/lib/domains/classification/pages';
import { api } from '@/lib/http/fetcher';
import { actionTypeQuery, catalogKeys, catalogPaths } from '../queries';
import type { ActionType, ParameterRule } from '../schema';
import { ActionTypeDialog } from './action-type-dialog';
import { signingWords } from './held-words';
import { previewOf } from './sentence';

/** One operation of a tool: what it takes, what it does, how risky it is, and who may. */
export function ActionTypePage({ id, whoMay }: { id: string; whoMay?: ReactNode }) {
  const query = useQuery(actionTypeQuery(id));
  return (
    <Page>
      <QueryView
        query={query}
        title="This action type could not be loaded"
        skeleton={
          <>
            <PageHeader title="Action type" back={{ href: '/catalog', label: 'Catalog' }} />
            <SkeletonText lines={8} className="py-4" />
          </>
        }
      >
        {(type) => (
          <>
            <Head type={type} />
            <div className="grid items-start gap-3.5 wide:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
              <div className="grid gap-3.5">
                <Risk type={type} />
                <Parameters type={type} />
                <TypeDataPanel id={type.id} parameters={Object.keys(type.parameters.properties)} />
                {whoMay}
              </div>
              <Panel title="JSON Schema">
                <JsonView value={type.parameters} open={4} label="Parameters" maxHeight={520} />
              </Panel>
            </div>
          </>
        )}
      </QueryView>
    </Page>
  );
}

function Head({ type }: { type: ActionType }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState<'edit' | 'retire' | null>(null);
  const retire = useMutation({
    mutationFn: () => api.post<ActionType>(catalogPaths.retireActionType(type.id)),
    onSuccess: () => {
      toast.good('Action type retired', type.key);
      return client.invalidateQueries({ queryKey: catalogKeys.all });
    },
  });
  return (
    <>
      <PageHeader
        title={type.key}
        subtitle={type.title}
        back={{ href: '/catalog', label: 'Catalog' }}
        actions={
          <>
            <Button icon={Pencil} can={type.can.update} onClick={() => setAsking('edit')}>
              Edit
            </Button>
            <Button
              icon={Archive}
              variant="danger"
              can={type.can.retire}
              onClick={() => setAsking('retire')}
            >
              Retire…
            </Button>
          </>
        }
        meta={
          <>
            <StatusPill value={type.state} />
            <EffectBadges value={type.effects} />
            <Classification value={type.effective.classification} />
            <CopyId id={type.id} />
          </>
        }
      />
      <ActionTypeDialog
        type={type}
        open={asking === 'edit'}
        onOpenChange={(open) => setAsking(open ? 'edit' : null)}
      />
      <ConfirmDialog
        open={asking === 'retire'}
        onOpenChange={(open) => setAsking(open ? 'retire' : null)}
        title={`Retire ${type.key}`}
        description="It cannot be brought back."
        effects={[
          'denies it to every agent from the next request, whatever their roles grant',
          'leaves the permissions that name it, without effect',
        ]}
        confirmLabel="Retire"
        typeName={type.key}
        onConfirm={() => retire.mutateAsync()}
      />
    </>
  );
}

function Risk({ type }: { type: ActionType }) {
  return (
    <Panel title="What it does">
      <KeyValue
        items={[
          type.description ? { label: 'Description', value: type.description } : null,
          {
            label: 'Tool',
            value: (
              <Link href={`/catalog/tools/${type.tool.id}`} className="text-accent hover:underline">
                {type.tool.name}
              </Link>
            ),
          },
          {
            label: 'Request',
            value: (
              <span className="mono">
                {type.method} {type.pathTemplate}
              </span>
            ),
          },
          { label: 'Effects', value: <EffectBadges value={type.effects} /> },
          { label: 'If it is wrong', value: <Reversibility value={type.reversibility} /> },
          {
            label: 'Touches',
            value: <Classification value={type.effective.classification} />,
            hint: <Because type={type} />,
          },
          {
            label: 'Approvers read',
            value: type.sentence ? (
              previewOf(type.sentence, type.parameters.properties)
            ) : (
              <span className="text-text-3">the agent’s own summary</span>
            ),
            hint: type.sentence || undefined,
          },
          {
            label: 'Approvers sign',
            value: type.signing ? signingWords[type.signing] : 'as the workspace says',
          },
          {
            label: 'May be made smaller',
            value:
              type.narrowable.length > 0 ? (
                <span className="mono">{type.narrowable.join(', ')}</span>
              ) : (
                <span className="text-text-3">nothing</span>
              ),
          },
          { label: 'Changed', value: <TimeAgo at={type.updatedAt} /> },
        ]}
      />
    </Panel>
  );
}

/** Why it counts as more than its own classification. */
function Because({ type }: { type: ActionType }) {
  const { because } = type.effective;
  if (!because) return null;
  const { asset, field, direction, path } = because;
  return (
    <>
      Its own is {type.classification};{' '}
      <Link href={`/classification/${asset.id}`} className="text-accent hover:underline">
        {asset.name}.{field}
      </Link>
      , which it {direction === 'input' ? 'takes' : 'gives'} as <span className="mono">{path}</span>
      , raises it.
    </>
  );
}

function ruleWords(rule: ParameterRule): string {
  if (rule.rule === 'equals_session') return `must equal the session's ${rule.attribute}`;
  if (rule.min !== undefined && rule.max !== undefined) {
    return `must lie from ${rule.min} to ${rule.max}`;
  }
  return rule.min === undefined ? `at most ${rule.max ?? 'any'}` : `at least ${rule.min}`;
}

function Parameters({ type }: { type: ActionType }) {
  const { properties, required = [] } = type.parameters;
  const names = Object.keys(properties);
  return (
    <Panel title="Parameters" note="What is not named is refused" padded={false}>
      {names.length === 0 ? (
        <p className="px-3.5 py-3 text-text-3">It takes none.</p>
      ) : (
        <ul>
          {names.map((name) => {
            const schema = properties[name] ?? {};
            const rules = type.rules.filter((rule) => rule.parameter === name);
            return (
              <li
                key={name}
                className="grid gap-x-4 gap-y-0.5 border-b border-line px-3.5 py-2 last:border-b-0 wide:grid-cols-[180px_140px_minmax(0,1fr)]"
              >
                <span className="mono pt-px font-medium">{name}</span>
                <span className="text-text-2">
                  {String(schema['type'] ?? (schema['enum'] ? 'one of a list' : 'any'))}
                  {required.includes(name) ? '' : ', optional'}
                </span>
                <span className="text-text-2">
                  {typeof schema['description'] === 'string' ? schema['description'] : null}
                  {rules.map((rule, index) => (
                    <span key={index} className="block font-medium text-text">
                      Rule: {ruleWords(rule)}
                    </span>
                  ))}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </Panel>
  );
}
