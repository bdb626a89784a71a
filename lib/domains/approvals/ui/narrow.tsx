'use client';

import { ArrowDownNarrowWide } from 'lucide-react';
import { useId, useState } from 'react';
import { humanize } from '@/components/format';
import { useShortcut } from '@/components/hooks';
import {
  Button,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  Notice,
  TimeAgo,
} from '@/components/ui';
import type { ApprovalContext } from '../card/schema';
import { approvalPaths } from '../queries';
import type { Approval } from '../schema';
import { Meanwhile } from './meanwhile';
import type { ContextQuery } from './not-read';
import { useChange, voidsWords } from './use-change';
import { meanwhileWords, numberWords } from './words';

/** Makes numbers smaller than proposed, where the action type lets approvers. */
export function Narrow({
  approval,
  context: { data: context },
}: {
  approval: Approval;
  context: ContextQuery;
}) {
  // As it was when it was opened: nothing is offered once somebody else has decided.
  const [narrowable, setNarrowable] = useState<ApprovalContext['narrowable'] | null>(null);
  const can = context?.can.narrow;
  const offered =
    approval.status === 'pending' && context !== undefined && context.narrowable.length > 0;
  const open = () => setNarrowable(context?.narrowable ?? null);
  useShortcut('n', open, 'Make smaller', {
    when: offered && can?.allowed === true,
  });
  return (
    <div className="grid gap-2.5">
      {approval.narrowed ? (
        <p className="text-text-2">
          Made smaller by {approval.narrowed.by.name}, <TimeAgo at={approval.narrowed.at} />.
        </p>
      ) : null}
      {offered && can ? (
        <div>
          <Button size="sm" icon={ArrowDownNarrowWide} kbd="n" can={can} onClick={open}>
            Make smaller…
          </Button>
        </div>
      ) : null}
      {narrowable ? (
        <NarrowDialog
          approval={approval}
          narrowable={narrowable}
          onClose={() => setNarrowable(null)}
        />
      ) : null}
    </div>
  );
}

function NarrowDialog({
  approval,
  narrowable,
  onClose,
}: {
  approval: Approval;
  narrowable: ApprovalContext['narrowable'];
  onClose: () => void;
}) {
  const form = useId();
  const { display } = approval;
  const now = display.narrowed?.parameters ?? display.parameters;
  const [typed, setTyped] = useState<Record<string, string>>(() =>
    Object.fromEntries(narrowable.map(({ parameter }) => [parameter, String(now[parameter])])),
  );
  const change = useChange(approval);
  const errors = fieldErrors(change.error);
  const voids = voidsWords(approval);
  const send = (parameters: Record<string, number> | null) =>
    change.mutate(
      {
        path: approvalPaths.narrow(approval.id),
        body: { parameters, display_digest: approval.display_digest },
      },
      { onSuccess: onClose },
    );
  const chosen = Object.fromEntries(
    narrowable.flatMap(({ parameter, value }) => {
      const text = typed[parameter]?.trim() ?? '';
      return text === '' || Number(text) === value ? [] : [[parameter, Number(text)] as const];
    }),
  );
  const gone = change.isPending ? null : meanwhileWords(approval);
  const blocked =
    gone ??
    (Object.values(chosen).some(Number.isNaN)
      ? 'Write numbers only.'
      : Object.keys(chosen).length === 0
        ? 'Write a smaller number first.'
        : null);
  return (
    <Dialog
      open
      onOpenChange={(next) => next || onClose()}
      title="Make it smaller"
      description={display.sentence}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          {display.narrowed ? (
            <Button loading={change.isPending} disabledReason={gone} onClick={() => send(null)}>
              As proposed
            </Button>
          ) : null}
          <Button
            type="submit"
            form={form}
            variant="primary"
            loading={change.isPending}
            disabledReason={blocked}
          >
            Make smaller
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={() => blocked === null && send(chosen)}>
        <Meanwhile words={gone} />
        <FormError error={change.error} />
        {voids ? <Notice tone="hold">{voids}</Notice> : null}
        <p className="text-text-2">
          It is what you and others sign from then on. What counts for the day stays as proposed.
        </p>
        {narrowable.map(({ parameter, value, minimum }) => (
          <Field
            key={parameter}
            label={humanize(parameter)}
            hint={`From ${numberWords(parameter, minimum, display)} to the ${numberWords(parameter, value, display)} proposed.`}
            error={errors[`parameters.${parameter}`]}
          >
            <Input
              inputMode="decimal"
              value={typed[parameter] ?? ''}
              onChange={(event) => setTyped({ ...typed, [parameter]: event.target.value })}
            />
          </Field>
        ))}
      </Form>
    </Dialog>
  );
}
