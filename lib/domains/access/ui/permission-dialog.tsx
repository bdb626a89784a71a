'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useLooked } from '@/components/hooks';
import { Classification, EffectBadges, Reversibility } from '@/components/data';
import {
  Button,
  Combobox,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  SavedMeanwhile,
  toast,
} from '@/components/ui';
import { type ActionType, actionTypeIndexQuery } from '@/lib/domains/catalog';
import { workspaceQuery } from '@/lib/domains/workspaces';
import { api } from '@/lib/http/fetcher';
import { changed } from '@/lib/kernel/defined';
import { type AttributeType, conditionWords, parameterType } from '../condition';
import { limitWords } from '../limit-words';
import { accessKeys, accessPaths } from '../queries';
import type { Permission, Role } from '../schema';
import { floorWords } from '../tier';
import { conditionOf } from './condition-draft';
import { bodyOf, draftOf } from './permission-draft';
import { PermissionFields } from './permission-fields';
import { SaveToDraft } from './policies/save-to-draft';

export interface PermissionDialogProps {
  role: Pick<Role, 'id' | 'name'>;
  /** The permission to change; a new one without. */
  permission?: Permission;
  onClose: () => void;
}

const wordsOf = (permission: Permission | undefined) =>
  permission && {
    tier: permission.tier,
    ladder: permission.ladder,
    'only if': conditionWords(permission.condition),
    limits: limitWords(permission.limits).join(', '),
  };

interface Subject {
  key: string;
  effects: string[];
  reversibility: string;
  classification: string;
  numeric: string[];
  parameters: Record<string, AttributeType>;
}

/** Grants an action type to a role, or changes at which tier and within which limits. Shown while mounted. */
export function PermissionDialog(props: PermissionDialogProps) {
  const { role, permission, onClose } = props;
  const form = useId();
  const client = useQueryClient();
  const types = useQuery({ ...actionTypeIndexQuery(), enabled: !permission });
  const [key, setKey] = useState('');
  const { at, began, draft, change, ...looked } = useLooked(permission, draftOf);
  const chosen = types.data?.get(key);
  const subject: Subject | undefined = permission
    ? { ...permission.actionType, numeric: permission.actionType.numericParameters }
    : chosen && {
        ...chosen,
        classification: chosen.effective.classification,
        ...parametersOf(chosen),
      };

  const floors = useQuery(workspaceQuery()).data?.settings.tierFloors;
  const floor = subject && floors ? floorWords(subject, floors) : null;

  const parameters = subject?.parameters ?? {};
  const body = bodyOf(draft, parameters);
  const faults = conditionOf(draft.condition, parameters).errors;
  const unsent = Object.keys(faults).length > 0 || (draft.by === 'ladder' && draft.ladderInvalid);
  const notYet = !subject
    ? 'Choose an action type first.'
    : unsent
      ? 'Mend what is marked first.'
      : null;

  /** Why it is in no draft. */
  const [refused, setRefused] = useState<unknown>(null);
  const save = useMutation({
    onMutate: () => setRefused(null),
    mutationFn: () =>
      permission
        ? api.patch<Permission>(accessPaths.permission(permission.id), {
            ...changed(bodyOf(began, parameters), body),
            digest: at?.digest,
          })
        : api.post<Permission>(accessPaths.permissions, {
            roleId: role.id,
            actionTypeId: chosen?.id ?? '',
            ...body,
          }),
    onSuccess: (saved) => {
      toast.good(
        permission ? 'Saved' : 'Permission added',
        `${role.name}: ${saved.actionType.key}`,
      );
      onClose();
      return client.invalidateQueries({ queryKey: accessKeys.all });
    },
    // It may be what it was when this opened no longer.
    onError: () => client.invalidateQueries({ queryKey: accessKeys.all }),
  });
  const error = save.error ?? refused;
  const errors = { ...faults, ...fieldErrors(error) };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="md"
      title={permission ? permission.actionType.title : `Add a permission to ${role.name}`}
      {...(permission ? { description: permission.actionType.key } : {})}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <SaveToDraft
            title={`${role.name}: ${subject?.key ?? 'a permission'}`}
            edit={{
              do: 'set_permission',
              role: role.name,
              action: subject?.key ?? '',
              ...body,
              ...(permission ? { replaces: permission.condition } : {}),
            }}
            disabledReason={notYet}
            onSaved={onClose}
            onRefused={(why) => {
              save.reset();
              setRefused(why);
            }}
          />
          <Button
            type="submit"
            form={form}
            variant="primary"
            loading={save.isPending}
            disabledReason={notYet}
          >
            {permission ? 'Save' : 'Add permission'}
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={() => !notYet && save.mutate()}>
        <SavedMeanwhile
          what="this permission"
          before={wordsOf(at)}
          after={wordsOf(looked.theirs)}
          onDiscard={looked.discard}
          onKeep={looked.keep}
          onLooked={save.reset}
        />
        <FormError error={looked.theirs ? null : error} />
        {permission ? null : (
          <Field label="Action type" required error={errors['actionTypeId'] ?? errors['action']}>
            {(field) => (
              <Combobox
                {...field}
                value={key}
                onValueChange={setKey}
                placeholder={types.isPending ? 'Loading…' : 'Choose an action type…'}
                emptyText="Nothing matches."
                options={[...(types.data?.values() ?? [])]
                  .filter((type) => type.state === 'active')
                  .map((type) => ({
                    value: type.key,
                    label: type.key,
                    hint: `${type.title}, ${type.tool.name}`,
                    keywords: `${type.title} ${type.tool.name}`,
                  }))}
              />
            )}
          </Field>
        )}
        {subject ? (
          <>
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
              <EffectBadges value={subject.effects} />
              <Classification value={subject.classification} />
              <Reversibility value={subject.reversibility} />
            </div>
            <PermissionFields
              draft={draft}
              onChange={change}
              errors={errors}
              numeric={subject.numeric}
              parameters={parameters}
              floor={floor}
            />
          </>
        ) : null}
      </Form>
    </Dialog>
  );
}

function parametersOf({ parameters }: ActionType) {
  const { properties, required = [] } = parameters;
  const types = Object.fromEntries(
    Object.keys(properties).flatMap((name): [string, AttributeType][] => {
      const type = parameterType({ properties }, name);
      return type ? [[name, type]] : [];
    }),
  );
  return { parameters: types, numeric: required.filter((name) => types[name] === 'number') };
}
