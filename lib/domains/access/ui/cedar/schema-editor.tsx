'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Dispatch, SetStateAction } from 'react';
import {
  Button,
  FormError,
  Panel,
  QueryView,
  SavedMeanwhile,
  SkeletonRows,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { cedarKeys, cedarPaths, cedarSchemaQuery } from '../../cedar-policies/queries';
import type { CedarSchemaView } from '../../cedar-policies/schema';
import { CedarEditor } from './editor';

export interface TypedSchema {
  text: string;
  /** What was saved when the first was typed, or when it was last looked at. */
  at: CedarSchemaView;
}

interface Typed {
  /** Null while it is as saved. */
  typed: TypedSchema | null;
  onType: Dispatch<SetStateAction<TypedSchema | null>>;
}

/** The declared entity types and actions. */
export function SchemaEditor(props: Typed) {
  const query = useQuery(cedarSchemaQuery());
  return (
    <QueryView query={query} skeleton={<SkeletonRows rows={6} />}>
      {(schema) => <Loaded schema={schema} {...props} />}
    </QueryView>
  );
}

function Loaded({ schema, typed, onType }: Typed & { schema: CedarSchemaView }) {
  const client = useQueryClient();
  const { text, at } = typed ?? { text: schema.text, at: schema };
  const theirs = at.digest === schema.digest ? undefined : schema;
  const save = useMutation({
    mutationFn: (sent: string) =>
      api.post<CedarSchemaView>(cedarPaths.schema, { text: sent, digest: at.digest }),
    onSuccess: (saved, sent) => {
      client.setQueryData(cedarKeys.schema, saved);
      // What was typed while it was saved is not.
      onType((now) => (now === null || now.text === sent ? null : { ...now, at: saved }));
      toast.good('Saved', 'The Cedar schema');
    },
    // It may be what it was when it was typed over no longer.
    onError: () => client.invalidateQueries({ queryKey: cedarKeys.schema }),
  });
  const look = (next: TypedSchema | null) => {
    onType(next);
    save.reset();
  };
  return (
    <Panel
      title="Schema"
      note="Entity types and actions that are not Countersign's own"
      footer={
        <div className="flex justify-end">
          <Button
            variant="primary"
            can={schema.can.update}
            loading={save.isPending}
            onClick={() => save.mutate(text)}
          >
            Save
          </Button>
        </div>
      }
    >
      <div className="grid gap-3">
        <SavedMeanwhile
          what="the schema"
          before={{ text: at.text }}
          after={theirs && { text: theirs.text }}
          onDiscard={() => look(null)}
          onKeep={() => look({ text, at: schema })}
        />
        <FormError error={theirs ? null : save.error} />
        <CedarEditor
          label="Cedar schema"
          value={text}
          onChange={(next) => onType(next === at.text ? null : { text: next, at })}
          names={schema.names}
          readOnly={!schema.can.update.allowed}
        />
      </div>
    </Panel>
  );
}
