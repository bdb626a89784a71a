'use client';

import { ExactTime, Notice, Steps, type StepsProps } from '@/components/ui';
import { isFinished, shownSteps } from '../rotation';
import type { RotationView } from '../schema';
import { stepWords } from './words';

/** A rotation step by step, as far as it has come. */
export function RotationSteps({ rotation }: { rotation: RotationView }) {
  const reached = new Map(rotation.steps.map((each) => [each.step, each.at]));
  const next = shownSteps.find((step) => !reached.has(step));
  const steps: StepsProps['steps'] = shownSteps.map((step) => {
    const at = reached.get(step);
    if (at) return { label: stepWords[step], state: 'done', detail: <ExactTime at={at} /> };
    if (step !== next) return { label: stepWords[step], state: 'waiting' };
    if (rotation.step === 'failed') {
      return { label: stepWords[step], state: 'failed', detail: 'The old one stays in use.' };
    }
    if (rotation.step === 'by_hand') {
      // What a person does at the upstream is not seen from here.
      return { label: stepWords[step], state: 'waiting', detail: 'Left to a person.' };
    }
    if (rotation.step === 'cancelled') {
      return { label: stepWords[step], state: 'failed', detail: 'The secret was revoked.' };
    }
    return {
      label: stepWords[step],
      state: 'running',
      detail: rotation.waiting ?? attemptsOf(rotation),
    };
  });
  return (
    <div className="grid gap-3">
      <Steps steps={steps} />
      {rotation.error && !isFinished(rotation.step) ? (
        <Notice tone="hold" title="The last attempt did not succeed; it is tried again">
          {rotation.error}
          {rotation.nextTryAt ? (
            <>
              {' Next at '}
              <ExactTime at={rotation.nextTryAt} />.
            </>
          ) : null}
        </Notice>
      ) : null}
      {rotation.ended && (rotation.step !== 'failed' || rotation.ended.notWithdrawn.length > 0) ? (
        <Notice tone="hold" title="What is left to do at the upstream">
          {rotation.ended.toDo}
        </Notice>
      ) : null}
    </div>
  );
}

function attemptsOf(rotation: RotationView): string | undefined {
  return rotation.attempts > 0 ? `attempt ${rotation.attempts + 1}` : undefined;
}
