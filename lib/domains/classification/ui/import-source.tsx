'use client';

import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { CodeBlock, Combobox, Field, RadioGroup, Textarea } from '@/components/ui';
import { findSecrets, secretQuery } from '@/lib/domains/vault';
import type { Format, Source } from './import-draft';

const columnsSql = `SELECT json_agg(c) FROM (
  SELECT table_schema, table_name, column_name, data_type
  FROM information_schema.columns
  WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
  ORDER BY table_schema, table_name, ordinal_position) c`;

const formats = [
  {
    value: 'postgres',
    label: 'PostgreSQL schema',
    hint: 'The rows of information_schema.columns, as JSON.',
  },
  { value: 'json_schema', label: 'JSON Schema', hint: 'Or an OpenAPI document: its schemas.' },
  {
    value: 'database',
    label: 'PostgreSQL database',
    hint: 'Read by its connection string in the vault.',
  },
];

export interface ImportSourceProps {
  source: Source;
  onChange: (patch: Partial<Source>) => void;
}

/** What is to be read: a database, or what is pasted or in a file. */
export function ImportSource({ source, onChange }: ImportSourceProps) {
  return (
    <>
      <RadioGroup
        label="What to import"
        value={source.format}
        onValueChange={(value) => onChange({ format: value as Format })}
        options={formats}
        className="wide:grid-cols-3"
      />
      {source.format === 'database' ? (
        <FromDatabase source={source} onChange={onChange} />
      ) : (
        <Pasted source={source} onChange={onChange} />
      )}
    </>
  );
}

function FromDatabase({ source, onChange }: ImportSourceProps) {
  const { secretId } = source;
  const chosen = useQuery({ ...secretQuery(secretId), enabled: secretId !== '' }).data;
  return (
    <Field
      label="Secret"
      required
      hint="Its value is a connection string such as postgresql://reader:password@host/database. At most 200 rows a table are looked at, in a read-only transaction, and none is kept."
    >
      <Combobox
        value={secretId}
        {...(chosen ? { selectedLabel: chosen.name } : {})}
        placeholder="Choose a secret…"
        emptyText="No secret in use has this name."
        load={findSecrets}
        onValueChange={(picked) => onChange({ secretId: picked })}
      />
    </Field>
  );
}

function Pasted({ source, onChange }: ImportSourceProps) {
  const { format, text, samples } = source;
  const file = useId();
  const postgres = format === 'postgres';
  return (
    <>
      {postgres ? (
        <div className="grid gap-1">
          <p className="note">Run this in the database, and paste what it gives.</p>
          <CodeBlock code={columnsSql} />
        </div>
      ) : null}
      <Field label={postgres ? 'Columns' : 'Schema'} required>
        <Textarea
          rows={9}
          className="mono"
          spellCheck={false}
          value={text}
          onChange={(event) => onChange({ text: event.target.value })}
        />
      </Field>
      <div className="grid gap-1">
        <label htmlFor={file} className="text-sm font-medium">
          Or choose a file
        </label>
        <input
          id={file}
          type="file"
          accept="application/json,.json"
          className="text-sm text-text-2 file:mr-2.5 file:min-h-8 file:rounded-md file:border file:border-line-control file:bg-panel file:px-3 file:font-medium file:text-text max-wide:file:min-h-11"
          onChange={(event) => {
            const [chosen] = event.target.files ?? [];
            void chosen?.text().then((read) => onChange({ text: read }));
          }}
        />
      </div>
      <Field
        label="Samples"
        optional
        hint={
          postgres
            ? 'Rows by table: {"customers": [{…}, …]}, at most 200 each. Looked at, never kept.'
            : 'Documents of this schema: [{…}, …], at most 200. Looked at, never kept.'
        }
      >
        <Textarea
          rows={3}
          className="mono"
          spellCheck={false}
          value={samples}
          onChange={(event) => onChange({ samples: event.target.value })}
        />
      </Field>
    </>
  );
}
