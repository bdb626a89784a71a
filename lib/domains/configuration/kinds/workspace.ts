import { z } from 'zod';
import {
  readSettings,
  readTimeZone,
  updateWorkspace,
  updateWorkspaceInput,
  workspaceSettings,
} from '@/lib/domains/workspaces/server';
import { fieldWords, type Kind, readDocument } from './kind';
import { printJson } from '../text';

const file = 'workspace.json';
const NAME = 'workspace';

/** What governs a workspace. Its name and its people are its own, and not configuration. */
const schema = z.strictObject({
  timeZone: updateWorkspaceInput.shape.timeZone.unwrap(),
  settings: z.strictObject(workspaceSettings.shape),
});
type WorkspaceDocument = z.output<typeof schema>;

/** The one file without a folder. A configuration without it leaves the settings as they are. */
export const workspaceKind: Kind<WorkspaceDocument> = {
  noun: 'workspace',
  fileOf: () => file,
  owns: (path) => path === file,
  parse: (text) => readDocument(schema, text),
  print: printJson,
  nameOf: () => NAME,
  read: async (tx) => [
    schema.parse({ timeZone: await readTimeZone(tx), settings: await readSettings(tx) }),
  ],
  references: () => [],
  added: () => [],
  changed: fieldWords,
  removed: async () => ({ words: '', details: [], final: false }),
  apply: async ({ deed, attempt }, was, wanted) => {
    const document = wanted.get(NAME);
    const now = was.get(NAME);
    if (!document || !now || printJson(document) === printJson(now)) return;
    await attempt(file, () => updateWorkspace.within(deed, document));
  },
  remove: async () => undefined,
};
