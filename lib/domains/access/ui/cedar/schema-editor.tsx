'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, FormError, Panel, QueryView, SkeletonRows, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { cedarKeys, cedarPaths, cedarSchemaQuery } from '../../cedar-policies/queries';
import type { CedarSchemaView } from '../../cedar-policies/schema';
import { CedarEditor } from './editor';

/** The declared entity types and actions. */
export function SchemaEditor() {
  const query = useQuery(cedarSchemaQuery());
  return (
    <QueryView query={query} skeleton={<SkeletonRows rows={6} />}>
      {(schema) => <Loaded schema={schema} />}
    </QueryView>
  );
}

function Loaded({ schema }: { schema: CedarSchemaView }) {
  const client = useQueryClient();
  const [text, setText] = useState(schema.text);
  const save = useMutation({
    mutationFn: () => api.post<CedarSchemaView>(cedarPaths.schema, { text }),
    onSuccess: (saved) => {
      client.setQueryData(cedarKeys.schema, saved);
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
            onClick={() => save.mutate()}
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
          onChange={setText}
          names={schema.names}
          readOnly={!schema.can.update.allowed}
        />
      </div>
    </Panel>
  );
}
