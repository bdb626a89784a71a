'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Plus, Trash2 } from 'lucide-react';
import { useId, useState } from 'react';
import { useLooked } from '@/components/hooks';
import {
  Button,
  ConfirmDialog,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  IconButton,
  Input,
  SavedMeanwhile,
  Select,
  Textarea,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import type { Ability } from '@/lib/kernel/ability';
import { cedarKeys, cedarPaths } from '../../cedar-policies/queries';
import type { DeclaredType, EntityView } from '../../cedar-policies/schema';
import { draftOf, type EntityDraft, errorOf, propertiesOf } from './entity-draft';

const whatItIs = ({ properties, parents }: EntityView) => ({ properties, parents });

export interface EntityFormProps {
  types: readonly DeclaredType[];
  /** Undefined for a new one. */
  entity: EntityView | undefined;
  can: Ability;
  onDone: () => void;
}

/** One entity, its attributes asked for as the schema declares them. */
export function EntityForm({ types, entity, can, onDone }: EntityFormProps) {
  const form = useId();
  const client = useQueryClient();
  const [name, setName] = useState(entity?.type ?? types[0]?.name ?? '');
  const known = types.find((one) => one.name === name);
  // A type that is no longer declared is still shown, with what it has.
  const type = known ?? { name, memberOf: [], attributes: [] };
  const { at, began: _, draft, change, ...looked } = useLooked(entity, (one) => draftOf(type, one));
  const [removing, setRemoving] = useState(false);
  const given = propertiesOf(type, draft);
  const unsent = Object.keys(given.errors).length > 0;
  const done = (title: string) => {
    toast.good(title, `${name}::${draft.id}`);
    void client.invalidateQueries({ queryKey: cedarKeys.entities });
    onDone();
  };
  const save = useMutation({
    mutationFn: () =>
      api.post<EntityView>(cedarPaths.entities, {
        ...{ type: name, id: draft.id, properties: given.properties, parents: draft.parents },
        isNew: entity === undefined,
        digest: at?.digest,
      }),
    onSuccess: () => done(entity ? 'Saved' : 'Added'),
    // It may be what it was when this opened no longer.
    onError: () => client.invalidateQueries({ queryKey: cedarKeys.entities }),
  });
  const remove = useMutation({
    mutationFn: (one: EntityView) => api.delete(cedarPaths.entity(one)),
    onSuccess: () => done('Removed'),
  });
  const errors: Record<string, string | undefined> = {
    ...fieldErrors(save.error),
    ...given.errors,
  };
  const locked = !can.allowed;
  const set = (attribute: string, text: string) =>
    change({ values: { ...draft.values, [attribute]: text } });
  const unset = (attribute: string) => {
    const { [attribute]: gone, ...values } = draft.values;
    if (gone !== undefined) change({ values });
  };
  const setParents = (parents: EntityDraft['parents']) => change({ parents });
  return (
    <>
      <Dialog
        open
        onOpenChange={(open) => {
          if (!open) onDone();
        }}
        size="md"
        title={entity ? entity.id : 'New entity'}
        description={locked ? can.reason : entity ? entity.type : 'Of a declared type'}
        footer={
          <>
            {entity ? (
              <Button
                icon={Trash2}
                variant="danger"
                can={entity.can.remove}
                onClick={() => setRemoving(true)}
              >
                Remove…
              </Button>
            ) : null}
            <Button onClick={onDone}>{locked ? 'Close' : 'Cancel'}</Button>
            <Button
              type="submit"
              form={form}
              variant="primary"
              can={can}
              loading={save.isPending}
              disabledReason={
                known ? (unsent ? 'Mend what is marked first.' : null) : 'Its type is not declared.'
              }
            >
              {entity ? 'Save' : 'Add entity'}
            </Button>
          </>
        }
      >
        <Form id={form} onSubmit={() => save.mutate()}>
          <SavedMeanwhile
            what="this entity"
            before={at && whatItIs(at)}
            after={looked.theirs && whatItIs(looked.theirs)}
            onDiscard={looked.discard}
            onKeep={looked.keep}
            onLooked={save.reset}
          />
          <FormError error={looked.theirs ? null : save.error} />
          <div className="grid gap-4 wide:grid-cols-2">
            <Field label="Type" required error={errors['type']}>
              {(field) => (
                <Select
                  {...field}
                  value={name}
                  disabled={entity !== undefined}
                  onValueChange={(next) => {
                    setName(next);
                    const declared = types.find((one) => one.name === next);
                    if (declared) change({ ...draftOf(declared), id: draft.id });
                  }}
                  options={(known ? types : [type]).map((one) => ({
                    value: one.name,
                    label: one.name,
                  }))}
                />
              )}
            </Field>
            <Field label="Id" required error={errors['id']}>
              <Input
                value={draft.id}
                disabled={entity !== undefined}
                onChange={(event) => change({ id: event.target.value })}
              />
            </Field>
          </div>
          {type.attributes.map((attribute) => (
            <AttributeField
              key={`${name} ${attribute.name}`}
              attribute={attribute}
              text={draft.values[attribute.name]}
              error={errorOf(errors, `properties.${attribute.name}`)}
              disabled={locked}
              onChange={(text) => set(attribute.name, text)}
              onUnset={() => unset(attribute.name)}
            />
          ))}
          <Parents
            type={type}
            parents={draft.parents}
            errors={errors}
            locked={locked}
            onChange={setParents}
          />
        </Form>
      </Dialog>
      {entity ? (
        <ConfirmDialog
          open={removing}
          onOpenChange={setRemoving}
          title={`Remove ${entity.id}`}
          description={entity.type}
          effects={[
            'takes its attributes and parents away: a permit or forbid that needs them does not apply to it',
            'holds from the next request',
          ]}
          confirmLabel="Remove"
          onConfirm={() => remove.mutateAsync(entity)}
        />
      ) : null}
    </>
  );
}

function AttributeField({
  attribute,
  text,
  error,
  disabled,
  onChange,
  onUnset,
}: {
  attribute: DeclaredType['attributes'][number];
  text: string | undefined;
  error: string | undefined;
  disabled: boolean;
  onChange: (text: string) => void;
  onUnset: () => void;
}) {
  const { name, kind, required, words } = attribute;
  const typed = (value: string) => {
    if (value === '' && !(required && kind === 'string')) onUnset();
    else onChange(value);
  };
  return (
    <Field
      label={name}
      hint={words.charAt(0).toUpperCase() + words.slice(1)}
      required={required}
      optional={!required}
      error={error}
    >
      {(field) =>
        kind === 'boolean' ? (
          <Select
            {...field}
            disabled={disabled}
            value={text ?? ''}
            onValueChange={typed}
            options={[
              { value: '', label: 'not given' },
              { value: 'true', label: 'true' },
              { value: 'false', label: 'false' },
            ]}
          />
        ) : kind === 'json' ? (
          <Textarea
            {...field}
            rows={3}
            className="font-mono text-sm"
            disabled={disabled}
            value={text ?? ''}
            onChange={(event) => typed(event.target.value)}
          />
        ) : (
          <Input
            {...field}
            inputMode={kind === 'long' ? 'numeric' : 'text'}
            disabled={disabled}
            value={text ?? ''}
            onChange={(event) => typed(event.target.value)}
          />
        )
      }
    </Field>
  );
}

function Parents({
  type,
  parents,
  errors,
  locked,
  onChange,
}: {
  type: DeclaredType;
  parents: readonly { type: string; id: string }[];
  errors: Readonly<Record<string, string | undefined>>;
  locked: boolean;
  onChange: (parents: readonly { type: string; id: string }[]) => void;
}) {
  const [first] = type.memberOf;
  if (first === undefined && parents.length === 0) return null;
  const change = (at: number, next: { type: string; id: string }) =>
    onChange(parents.map((one, index) => (index === at ? next : one)));
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 text-sm font-medium">Parents</legend>
      {parents.length === 0 ? <p className="note">It is in nothing.</p> : null}
      {parents.map((parent, at) => (
        <div key={at} className="flex items-start gap-2">
          <Field
            label={`Type of parent ${at + 1}`}
            className="min-w-0 flex-1"
            error={errors[`parents.${at}.type`]}
          >
            {(field) => (
              <Select
                {...field}
                disabled={locked}
                value={parent.type}
                onValueChange={(next) => change(at, { ...parent, type: next })}
                options={[...new Set([...type.memberOf, parent.type])].map((one) => ({
                  value: one,
                  label: one,
                }))}
              />
            )}
          </Field>
          <Field
            label={`Id of parent ${at + 1}`}
            className="min-w-0 flex-1"
            error={errors[`parents.${at}.id`]}
          >
            <Input
              disabled={locked}
              value={parent.id}
              onChange={(event) => change(at, { ...parent, id: event.target.value })}
            />
          </Field>
          <IconButton
            icon={Trash2}
            label={`Take parent ${at + 1} away`}
            className="mt-6"
            disabledReason={locked ? 'You may only read it.' : null}
            onClick={() => onChange(parents.filter((_, index) => index !== at))}
          />
        </div>
      ))}
      {first === undefined ? null : (
        <div>
          <Button
            size="sm"
            icon={Plus}
            disabledReason={locked ? 'You may only read it.' : null}
            onClick={() => onChange([...parents, { type: first, id: '' }])}
          >
            Add a parent
          </Button>
        </div>
      )}
    </fieldset>
  );
}
