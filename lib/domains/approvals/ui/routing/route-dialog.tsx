'use client';

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useLooked } from '@/components/hooks';
import {
  Button,
  type Can,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  SavedMeanwhile,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { changed } from '@/lib/kernel/defined';
import { approvalKeys } from '../../queries';
import { agentNamesQuery, routingPaths } from '../../routing/queries';
import { type ApprovalRouteView, type ApproverGroup, CreateRoute } from '../../schema';
import { FitsFields } from './fits-fields';
import { NeedFields } from './need-fields';
import { bodyOf, draftOf, faultsOf, type RouteDraft } from './route-draft';
import { WaitFields } from './wait-fields';
import { type Names, routeWords } from './words';

const nobody: Names = new Map();

interface RouteDialogProps {
  /** The route to change; a new one without. */
  route?: ApprovalRouteView;
  groups: ApproverGroup[];
  can: Can;
  onClose: () => void;
}

/** Makes a route, or changes one; what it says is read back in a sentence. */
export function RouteDialog({ route, groups, can, onClose }: RouteDialogProps) {
  const form = useId();
  const client = useQueryClient();
  const { at, began, draft, change, ...looked } = useLooked(route, draftOf);
  const [faults, setFaults] = useState<Record<string, string>>({});
  const known = useQuery({
    ...agentNamesQuery(draft.agents),
    enabled: draft.agents.length > 0,
    placeholderData: keepPreviousData,
  });
  const agents = known.data ?? nobody;
  const save = useMutation({
    mutationFn: () =>
      route
        ? api.patch<ApprovalRouteView>(routingPaths.route(route.id), {
            ...changed(bodyOf(began), bodyOf(draft)),
            digest: at?.digest,
          })
        : api.post<ApprovalRouteView>(routingPaths.routes, bodyOf(draft)),
    onSuccess: ({ name }) => {
      toast.good(route ? 'Route saved' : 'Route made', name);
      onClose();
      return client.invalidateQueries({ queryKey: approvalKeys.all });
    },
    // It may be what it was when this opened no longer.
    onError: () => client.invalidateQueries({ queryKey: approvalKeys.all }),
  });
  const said = (one: ApprovalRouteView | undefined) =>
    one && { name: one.name, says: routeWords(one, namesOf(groups), agents) };
  const submit = () => {
    const found = faultsOf(draft);
    setFaults(found ?? {});
    if (!found) save.mutate();
  };
  const errors = { ...fieldErrors(save.error), ...faults };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="md"
      title={route ? `Edit the route ${route.name}` : 'New route'}
      description="Which held actions it is for, and whose signatures they take. What waits already keeps what it was held with."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" can={can} loading={save.isPending}>
            {route ? 'Save route' : 'Make route'}
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={submit}>
        <SavedMeanwhile
          what="this route"
          before={said(at)}
          after={said(looked.theirs)}
          onDiscard={looked.discard}
          onKeep={looked.keep}
          onLooked={save.reset}
        />
        <FormError error={looked.theirs ? null : save.error} />
        <Field label="Name" required error={errors['name']}>
          <Input
            value={draft.name}
            autoComplete="off"
            placeholder="Large refunds"
            onChange={(event) => change({ name: event.target.value })}
          />
        </Field>
        <FitsFields {...{ draft, change, errors, agents }} />
        <NeedFields
          needs={draft.needs}
          groups={groups}
          errors={errors}
          onChange={(needs) => change({ needs })}
        />
        <WaitFields {...{ draft, change, errors }} />
        <Sentence draft={draft} groups={groups} agents={agents} />
      </Form>
    </Dialog>
  );
}

const namesOf = (groups: readonly ApproverGroup[]): Names =>
  new Map(groups.map(({ id, name }) => [id, name]));

/** The route as it will be listed, once it says something. */
function Sentence({
  draft,
  groups,
  agents,
}: {
  draft: RouteDraft;
  groups: ApproverGroup[];
  agents: Names;
}) {
  const parsed = CreateRoute.safeParse({ ...bodyOf(draft), name: draft.name || '-' });
  return (
    <p aria-live="polite" className="rounded-md border border-line bg-raised px-3 py-2.5">
      {parsed.success ? routeWords(parsed.data, namesOf(groups), agents) : 'Not complete yet.'}
    </p>
  );
}
