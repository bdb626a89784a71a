import {
  cedarSource,
  checkWorkspace,
  CreateCedarPolicy,
  PutCedarSchema,
  replaceCedar,
} from '@/lib/domains/access/server';
import { invalid } from '@/lib/kernel/problem';
import type { Path } from '../text';
import type { Documents, Kind, Read } from './kind';

const SCHEMA = 'schema.cedarschema';
const policyFile = /^policies\/([^/]+)\.cedar$/;
const pathOf = (name: string) => `policies/${name}.cedar`;

/** A text of Cedar by its path below the folder: the declared types, or policies by hand. */
interface CedarDocument {
  path: string;
  text: string;
}

/** The policy's name that a path tells; undefined for the schema. */
const nameIn = (path: string): string | undefined => policyFile.exec(path)?.[1];

/** In a text that is no JSON a path is a line and a column. */
const flawAt = ([line, column]: Path, message: string) => ({
  line: Number(line ?? 1),
  column: Number(column ?? 1),
  field: '',
  message,
});

export const cedarKind: Kind<CedarDocument> = {
  noun: 'Cedar file',
  fileOf: (path) => `cedar/${path}`,
  owns: (file) => {
    const path = file.startsWith('cedar/') ? file.slice('cedar/'.length) : '';
    return path === SCHEMA || policyFile.test(path);
  },
  parse: (text, file): Read<CedarDocument> => {
    const path = file.slice('cedar/'.length);
    const name = nameIn(path);
    const { error } =
      name === undefined
        ? PutCedarSchema.safeParse({ text })
        : CreateCedarPolicy.safeParse({ name, text });
    if (!error) return { document: { path, text }, flawAt };
    const flaws = error.issues.map((issue) =>
      flawAt([], issue.path[0] === 'name' ? `the file's name: ${issue.message}` : issue.message),
    );
    return { flaws };
  },
  print: ({ text }) => text,
  nameOf: ({ path }) => path,
  read: async (tx) => {
    const { declared, policies } = await cedarSource(tx);
    return [
      ...(declared === '' ? [] : [{ path: SCHEMA, text: declared }]),
      ...policies.map(({ name, text }) => ({ path: pathOf(name), text })),
    ];
  },
  references: () => [],
  added: () => [],
  changed: () => [],
  removed: async (_, { path }) => ({
    words: `The Cedar file ${path} goes`,
    details: [],
    final: false,
  }),
  // Policies and the types that they speak of are valid together or not at all.
  apply: async ({ deed, attempt }, was, wanted) => {
    const changed = changedPaths(was, wanted);
    const [first] = changed;
    if (first === undefined) return;
    const schema = wanted.get(SCHEMA)?.text ?? '';
    const policies = [...wanted].flatMap(([path, { text }]) => {
      const name = nameIn(path);
      return name === undefined ? [] : [{ name, text }];
    });
    const { actionTypes } = await cedarSource(deed.tx);
    const checked = checkWorkspace({ declared: schema, policies, actionTypes });
    const written = new Set(changed.map(nameIn));
    const strange = checked.unknown.filter(({ name }) => name !== null && written.has(name));
    const problems = [...checked.problems, ...strange];
    for (const { name, line, column, message } of problems) {
      const file = cedarKind.fileOf(name === null ? SCHEMA : pathOf(name));
      await attempt(file, async () => {
        throw invalid([{ field: `${line}.${column}`, message }]);
      });
    }
    if (problems.length > 0) return;
    await attempt(
      cedarKind.fileOf(first),
      () =>
        replaceCedar.within(deed, {
          schema,
          policies: Object.fromEntries(policies.map(({ name, text }) => [name, text])),
        }),
      () => [],
    );
  },
  // Done by apply, which is given all that is wanted.
  remove: async () => undefined,
};

function changedPaths(was: Documents<CedarDocument>, wanted: Documents<CedarDocument>): string[] {
  return [...new Set([...wanted.keys(), ...was.keys()])].filter(
    (path) => was.get(path)?.text !== wanted.get(path)?.text,
  );
}
