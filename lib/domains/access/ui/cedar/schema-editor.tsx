'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Dispatch, SetStateAction } from 'react';
import { Button, FormError, Panel, QueryView, SkeletonRows, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { cedarKeys, cedarPaths, cedarSchemaQuery } from '../../cedar-policies/queries';
import type { CedarSchemaView } from '../../cedar-policies/schema';
import { CedarEditor } from './editor';

interface Typed {
  /** Null while it is as saved. */
  typed: string | null;
  onType: Dispatch<SetStateAction<string | null>>;
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
  const text = typed ?? schema.text;
  const save = useMutation({
    mutationFn: (sent: string) => api.post<CedarSchemaView>(cedarPaths.schema, { text: sent }),
    onSuccess: (saved, sent) => {
      client.setQueryData(cedarKeys.schema, saved);
      // What was typed while it was saved is not.
      onType((now) => (now === sent ? null : now));
      toast.good('Saved', 'The Cedar schema');
    },
  });
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
        <FormError error={save.error} />
        <CedarEditor
          label="Cedar schema"
          value={text}
          onChange={(next) => onType(next === schema.text ? null : next)}
          names={schema.names}
          readOnly={!schema.can.update.allowed}
        />
      </div>
    </Panel>
  );
}
