/** A held action for who is not shown its payload: as blanking leaves it in the database. */
import { erased, GONE } from '@/lib/domains/trail/server';
import type { Approval } from './schema';

/**
 * Everything but the payload. Both digests stay those of what is stored: what is shown here is
 * not what was signed, and is never measured against it.
 */
export function withoutPayload(view: Approval): Approval {
  const { answers: _answers, narrowed: _narrowed, ...display } = view.display;
  const { planted, result } = view;
  return {
    ...view,
    display: {
      ...display,
      ...{ sentence: display.summary, parameters: erased },
      ...{ evidence: [], untrusted: [], amount: null },
    },
    planted: planted && { ...planted, planted: GONE, right: GONE },
    questions: view.questions.map((one) => ({
      ...one,
      question: GONE,
      answer: one.answer === null ? null : GONE,
    })),
    narrowed: null,
    result: result === null || result === undefined ? null : erased,
  };
}
