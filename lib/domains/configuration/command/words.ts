import type { Plan } from '../schema';

const marks = { added: '+', changed: '~', removed: '-' } as const;

/** A plan as it is read before it is applied. */
export function planWords({ changes, effects, needsSecondAdmin }: Plan): string {
  if (changes.length === 0) return 'Nothing to do: the workspace is what the files say.\n';
  const lines = changes.flatMap(({ kind, file, words, details, final }) => [
    `${marks[kind]} ${file}`,
    `    ${words}${final ? ' (this cannot be undone)' : ''}`,
    ...details.map((detail) => `    ${detail}`),
  ]);
  const count = (kind: keyof typeof marks) =>
    changes.filter((change) => change.kind === kind).length;
  return [
    ...lines,
    '',
    ...(effects.length === 0
      ? ['What agents may do stays as it is.']
      : [
          'What agents may do (! lets them do more):',
          ...effects.map(({ words, widens }) => `  ${widens ? '!' : ' '} ${words}`),
        ]),
    '',
    `${count('added')} added, ${count('changed')} changed, ${count('removed')} removed.`,
    ...(needsSecondAdmin
      ? [
          'It lets agents do more, and this workspace wants a second admin for that: apply will',
          'refuse it. Draft that part under Policies; another admin publishes it.',
        ]
      : []),
    '',
  ].join('\n');
}
