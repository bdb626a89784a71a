import { AskExplanation } from '../explain/schema';

/** A question as the address holds it; `ask` is set once it is asked. */
export const noQuestion = {
  ...{ action: '', agent: '', type: '', parameters: '', session: '', user: '', address: '' },
  ...{ at: '', ask: '' },
};
export type QuestionUrl = typeof noQuestion;

export interface Asked {
  /** Null until it is asked and has no errors. */
  question: AskExplanation | null;
  errors: Record<string, string>;
}

export function questionOf(url: QuestionUrl): Asked {
  if (url.action !== '') return { question: { action: url.action }, errors: {} };
  const errors: Record<string, string> = {};
  const object = (field: 'parameters' | 'session') => {
    if (url[field].trim() === '') return {};
    try {
      const value: unknown = JSON.parse(url[field]);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        return { [field]: value };
      }
    } catch {
      // Said below, as for what is JSON and no object.
    }
    errors[field] = 'must be a JSON object, such as {"amount": 750}';
    return {};
  };
  const text = (field: 'user' | 'address') =>
    url[field].trim() === '' ? {} : { [field]: url[field].trim() };
  const raw = {
    ...(url.agent === '' ? {} : { agent: url.agent }),
    ...(url.type === '' ? {} : { actionType: url.type }),
    ...{ ...object('parameters'), ...object('session'), ...text('user'), ...text('address') },
    ...(url.at === '' ? {} : { at: instant(url.at) }),
  };
  if (url.ask === '') return { question: null, errors: {} };
  if (url.agent === '') errors['agent'] = 'choose an agent';
  if (url.type === '') errors['actionType'] = 'choose an action type';
  const parsed = AskExplanation.safeParse(raw);
  for (const { path, message } of parsed.error?.issues ?? []) {
    errors[String(path[0] ?? '')] ??= message;
  }
  const question = Object.keys(errors).length === 0 ? (parsed.data ?? null) : null;
  return { question, errors };
}

/** What a field of local time holds, as an instant; what is none stays as it is, to be refused. */
function instant(local: string): string {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? local : at.toISOString();
}
