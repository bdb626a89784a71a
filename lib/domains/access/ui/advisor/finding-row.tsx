'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useId, useState } from 'react';
import { formatDay } from '@/components/format';
import {
  Badge,
  Button,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  Textarea,
  TimeAgo,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import type { Ability } from '@/lib/kernel/ability';
import { advisorKeys, advisorPaths } from '../../advisor/queries';
import type { Finding } from '../../advisor/schema';
import type { Draft } from '../../policies/schema';
import { DraftMenu } from '../policies/save-to-draft';
import { kindNames } from './look';

/** One finding: what, the numbers, why it matters, and what can be done about it. */
export function FindingRow({ finding, can }: { finding: Finding; can: Ability }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const { id, title, evidence, why, role, agent, shortSince, dismissed } = finding;
  const restore = useMutation({
    mutationFn: () => api.post<Finding>(advisorPaths.restore(id)),
    onSuccess: () => client.invalidateQueries({ queryKey: advisorKeys.all }),
    onError: (error) => toast.error(error, 'Not restored'),
  });
  return (
    <li
      aria-label={title}
      className="grid gap-x-6 gap-y-2 border-b border-line px-3.5 py-3 last:border-b-0 wide:grid-cols-[minmax(0,1fr)_auto]"
    >
      <div className="grid min-w-0 content-start gap-1">
        <div className="flex flex-wrap items-baseline gap-x-2.5 gap-y-1">
          <h3 className="font-medium [overflow-wrap:anywhere]">{title}</h3>
          {shortSince ? (
            <Badge tone="hold">
              only since <TimeAgo at={shortSince} />
            </Badge>
          ) : null}
        </div>
        <ul className="num text-sm">
          {evidence.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
        <p className="text-sm text-text-2">{why}</p>
        <div className="flex flex-wrap gap-x-3 text-sm text-text-3">
          <span>{kindNames[finding.kind]}</span>
          {role ? <SubjectLink href={`/roles/${role.id}`} name={role.name} /> : null}
          {agent ? <SubjectLink href={`/agents/${agent.id}`} name={agent.name} /> : null}
        </div>
        {dismissed ? (
          <p className="text-sm text-text-2">
            Dismissed by {dismissed.by} until {formatDay(dismissed.until.slice(0, 10))}:{' '}
            {dismissed.reason}
          </p>
        ) : null}
      </div>
      <div className="flex flex-wrap items-start gap-2">
        {dismissed ? (
          <Button size="sm" can={can} loading={restore.isPending} onClick={() => restore.mutate()}>
            Show again
          </Button>
        ) : (
          <>
            <DraftMenu
              label="Draft this"
              size="sm"
              can={can}
              save={(draft) =>
                api.post<Draft>(advisorPaths.draft(id), draft === null ? {} : { draft })
              }
            />
            <Button size="sm" can={can} onClick={() => setAsking(true)}>
              Dismiss…
            </Button>
          </>
        )}
      </div>
      {asking ? <DismissDialog finding={finding} onClose={() => setAsking(false)} /> : null}
    </li>
  );
}

function SubjectLink({ href, name }: { href: string; name: string }) {
  return (
    <Link
      href={href}
      className="inline-flex min-h-6 items-center text-accent [overflow-wrap:anywhere] hover:underline"
    >
      {name}
    </Link>
  );
}

const DAYS = 90;

function DismissDialog({ finding, onClose }: { finding: Finding; onClose: () => void }) {
  const form = useId();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState(() =>
    new Date(Date.now() + DAYS * 86_400_000).toISOString().slice(0, 10),
  );
  const save = useMutation({
    mutationFn: () => api.post<Finding>(advisorPaths.dismiss(finding.id), { reason, until }),
    onSuccess: () => {
      onClose();
      toast.good('Dismissed', finding.title);
      return client.invalidateQueries({ queryKey: advisorKeys.all });
    },
  });
  const errors = fieldErrors(save.error);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Dismiss this finding"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" loading={save.isPending}>
            Dismiss
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={() => save.mutate()}>
        <FormError error={save.error} />
        <p className="text-text-2">{finding.title}</p>
        <Field label="Why" required error={errors['reason']}>
          <Textarea rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
        <Field label="Shown again on" required error={errors['until']}>
          <Input type="date" value={until} onChange={(event) => setUntil(event.target.value)} />
        </Field>
      </Form>
    </Dialog>
  );
}
