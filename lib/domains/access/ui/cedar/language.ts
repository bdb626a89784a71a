/** Cedar for the editor: what is a word of the language, and what of the workspace can be named. */
import { autocompletion, type CompletionContext } from '@codemirror/autocomplete';
import { StreamLanguage } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import type { CedarSchemaView } from '../../cedar-policies/schema';

const words = [
  'permit',
  'forbid',
  'when',
  'unless',
  'principal',
  'action',
  'resource',
  'context',
  'in',
  'is',
  'has',
  'like',
  'if',
  'then',
  'else',
  'true',
  'false',
  'entity',
  'appliesTo',
  'namespace',
];

export const cedarLanguage: Extension = StreamLanguage.define({
  name: 'cedar',
  token: (stream) => {
    if (stream.eatSpace()) return null;
    if (stream.match('//')) {
      stream.skipToEnd();
      return 'comment';
    }
    if (stream.match(/"(?:[^"\\]|\\.)*"?/)) return 'string';
    if (stream.match(/\d+/)) return 'number';
    if (stream.match(/@\w+/)) return 'meta';
    const word = stream.match(/\w+/);
    if (word && word !== true) return words.includes(word[0]) ? 'keyword' : 'variableName';
    stream.next();
    return null;
  },
  languageData: { commentTokens: { line: '//' } },
});

/** What a permit can say of itself; each is offered with a value that is valid. */
const annotations = [
  { label: '@tier', apply: '@tier("2")', detail: 'at which it permits; 3 without' },
  { label: '@rate_per_minute', apply: '@rate_per_minute("10")', detail: 'at most, of each agent' },
  { label: '@rate_per_hour', apply: '@rate_per_hour("100")', detail: 'at most, of each agent' },
  { label: '@rate_per_day', apply: '@rate_per_day("500")', detail: 'at most, of each agent' },
  {
    label: '@amount_per_day',
    apply: '@amount_per_day("amount 1000")',
    detail: 'a number among the parameters, and its sum a day',
  },
  { label: '@id', apply: '@id("")', detail: 'words for people' },
  { label: '@description', apply: '@description("")', detail: 'words for people' },
];

type Names = CedarSchemaView['names'];

/** Offers types, actions and attributes as the workspace's schema has them at that moment. */
export function completion(names: () => Names | undefined): Extension {
  const source = (context: CompletionContext) => {
    const known = names();
    if (!known) return null;
    const annotation = context.matchBefore(/@\w*/);
    if (annotation) {
      const options = annotations.map((one) => ({ ...one, type: 'keyword' }));
      return { from: annotation.from, options, validFor: /^@\w*$/ };
    }
    const action = context.matchBefore(/Action::"[^"]*/);
    if (action) {
      const options = known.actions.map(({ name }) => ({ label: name, type: 'constant' }));
      return { from: action.from + 'Action::"'.length, options };
    }
    const attribute = context.matchBefore(/\b(?:principal|resource|context)(?:\.\w*)+/);
    if (attribute) {
      const own = attribute.text.startsWith('context')
        ? known.actions.flatMap((one) => one.context)
        : known.entityTypes.flatMap((one) => one.attributes);
      const from = attribute.from + attribute.text.indexOf('.') + 1;
      const options = [...new Set(own)].map((label) => ({ label, type: 'property' }));
      return { from, options, validFor: /^[\w.]*$/ };
    }
    const word = context.matchBefore(/\w+/);
    if (!word && !context.explicit) return null;
    return {
      from: word?.from ?? context.pos,
      options: [
        ...known.entityTypes.map(({ name }) => ({ label: name, type: 'type' })),
        ...words.map((label) => ({ label, type: 'keyword' })),
      ],
      validFor: /^\w*$/,
    };
  };
  return autocompletion({ override: [source], icons: false });
}
