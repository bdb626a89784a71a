/** A JSON Schema, or the columns of a PostgreSQL schema, as assets with fields and samples. */
import { invalid } from '@/lib/kernel/problem';
import { parsePath, valuesAt } from '../path';
import { MOST_FIELDS, type ProposeImport } from '../schema';

export interface ReadField {
  name: string;
  type: string;
  /** JSON Schema's `format`, or `secret` for what can only be written. */
  format: string;
  samples: unknown[];
}

export interface ReadAsset {
  name: string;
  kind: 'table' | 'document';
  fields: ReadField[];
}

export function readImport(input: ProposeImport): ReadAsset[] {
  return input.format === 'postgres' ? readColumns(input) : readDocument(input);
}

function readColumns({ columns, samples }: Extract<ProposeImport, { format: 'postgres' }>) {
  const assets = new Map<string, ReadAsset>();
  for (const { table_schema: schema, table_name: table, column_name, data_type } of columns) {
    const name = tableName(schema, table);
    const asset = assets.get(name) ?? { name, kind: 'table', fields: [] };
    assets.set(name, asset);
    if (asset.fields.some((field) => field.name === column_name)) continue;
    const rows = samples[`${schema}.${table}`] ?? samples[name] ?? [];
    asset.fields.push({
      name: column_name,
      type: data_type,
      format: '',
      samples: rows.map((row) => row[column_name]),
    });
  }
  return [...assets.values()];
}

/** What a table is called as a data asset. */
export function tableName(schema: string, table: string): string {
  return schema === 'public' ? table : `${schema}.${table}`;
}

type Schema = Record<string, unknown>;

const MOST_DEPTH = 12;
/** References may meet again and again; so many steps are enough for any schema that is meant. */
const MOST_STEPS = 50_000;

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readDocument(input: Extract<ProposeImport, { format: 'json_schema' }>): ReadAsset[] {
  const { document, samples } = input;
  const title = typeof document['title'] === 'string' ? document['title'].trim() : '';
  const root = fieldsOf(document, document);
  const assets: ReadAsset[] = [];
  if (root.length > 0) {
    const fields = root.map((field) => {
      const steps = parsePath(field.name) ?? [];
      return {
        ...field,
        samples: [...field.samples, ...samples.flatMap((one) => valuesAt(one, steps))],
      };
    });
    assets.push({ name: input.name || title || 'document', kind: 'document', fields });
  } else {
    for (const [name, schema] of definitionsOf(document)) {
      const fields = fieldsOf(schema, document);
      if (fields.length > 0) assets.push({ name, kind: 'document', fields });
    }
  }
  const count = assets.reduce((all, { fields }) => all + fields.length, 0);
  if (count > 0 && count <= MOST_FIELDS) return assets;
  throw invalid([
    {
      field: 'document',
      message:
        count === 0
          ? 'describes no properties, at its root or in $defs'
          : `describes more than ${MOST_FIELDS} properties; send it in parts`,
    },
  ]);
}

/** Named schemas, where JSON Schema, its older drafts and OpenAPI keep them. */
function definitionsOf(document: Schema): [string, Schema][] {
  const components = isSchema(document['components']) ? document['components'] : {};
  return [document['$defs'], document['definitions'], components['schemas']].flatMap((found) =>
    isSchema(found)
      ? Object.entries(found).filter((entry): entry is [string, Schema] => isSchema(entry[1]))
      : [],
  );
}

/** Every leaf below a schema, by its path; a part that refers to itself is followed once. */
function fieldsOf(start: Schema, document: Schema): ReadField[] {
  const found = new Map<string, ReadField>();
  let steps = 0;
  const visit = (schema: unknown, path: string, above: readonly Schema[]): boolean => {
    steps += 1;
    if (steps > MOST_STEPS) {
      throw invalid([{ field: 'document', message: 'refers to itself in too many ways' }]);
    }
    if (!isSchema(schema) || above.includes(schema)) return false;
    if (above.length > MOST_DEPTH || found.size > MOST_FIELDS) return false;
    const within = [...above, schema];
    let inside = false;
    const below = (part: unknown, to: string) => {
      inside = true;
      if (!visit(part, to, within)) leaf(part, to);
    };
    const target = targetOf(schema, document);
    if (target && visit(target, path, within)) inside = true;
    for (const word of ['allOf', 'anyOf', 'oneOf']) {
      const parts = schema[word];
      for (const part of Array.isArray(parts) ? parts : []) {
        if (visit(part, path, within)) inside = true;
      }
    }
    if (isSchema(schema['properties'])) {
      for (const [name, part] of Object.entries(schema['properties'])) {
        below(part, path === '' ? name : `${path}.${name}`);
      }
    }
    if (isSchema(schema['items']) && !isScalar(schema['items'], document)) {
      if (visit(schema['items'], `${path}[]`, within)) inside = true;
    }
    if (isSchema(schema['additionalProperties'])) {
      below(schema['additionalProperties'], path === '' ? '*' : `${path}.*`);
    }
    return inside;
  };
  const leaf = (part: unknown, path: string) => {
    if (parsePath(path) === undefined || path.length > 200 || found.has(path)) return;
    found.set(path, fieldOf(isSchema(part) ? part : {}, path, document));
  };
  visit(start, '', []);
  return [...found.values()];
}

function isScalar(schema: Schema, document: Schema): boolean {
  const { type } = { ...targetOf(schema, document), ...schema } as { type?: unknown };
  return typeof type === 'string' && type !== 'object' && type !== 'array';
}

/** What a `$ref` within the document points at (RFC 6901). */
function targetOf(schema: Schema, document: Schema): Schema | undefined {
  const ref = schema['$ref'];
  if (typeof ref !== 'string' || !ref.startsWith('#/')) return undefined;
  let at: unknown = document;
  for (const token of ref.slice(2).split('/')) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    at = isSchema(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return isSchema(at) ? at : undefined;
}

function fieldOf(part: Schema, name: string, document: Schema): ReadField {
  const schema: Schema = { ...targetOf(part, document), ...part };
  const item: Schema = isSchema(schema['items'])
    ? { ...targetOf(schema['items'], document), ...schema['items'] }
    : {};
  const types = [schema['type']].flat().filter((type) => typeof type === 'string');
  const examples = [schema, item].flatMap((each) => [
    ...(Array.isArray(each['examples']) ? (each['examples'] as unknown[]).flat() : []),
    each['example'],
    each['default'],
  ]);
  const format = [schema['format'], item['format']].find((each) => typeof each === 'string');
  return {
    name,
    type: types.filter((type) => type !== 'null').join(' or '),
    format: schema['writeOnly'] === true ? 'secret' : String(format ?? ''),
    samples: examples.filter((value) => value !== undefined).slice(0, 200),
  };
}
