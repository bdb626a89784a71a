import { ApiProblem } from '@/lib/http/fetcher';
import { FormEdit } from '../../policies/edit-schema';

/** What the API would refuse in the edit, at its fields, before a draft is begun for it; null when nothing. */
export function refusalOf(edit: Record<string, unknown>): ApiProblem | null {
  const { error } = FormEdit.safeParse(edit);
  if (!error) return null;
  const errors = error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
  return new ApiProblem(422, 'invalid_input', 'The edit is not valid.', errors);
}

/** What the draft's route said of the edit, with the fields as the form names them. */
export function atFormFields(thrown: unknown): unknown {
  if (!(thrown instanceof ApiProblem)) return thrown;
  const { status, code, message } = thrown;
  const errors = thrown.errors.map((each) => ({
    ...each,
    field: each.field.replace(/^edit\./, ''),
  }));
  return new ApiProblem(status, code, message.replace(/^edit\./, ''), errors);
}
