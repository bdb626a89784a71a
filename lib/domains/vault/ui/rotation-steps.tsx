'use client';

import { ExactTime, Notice, Steps, type StepsProps } from '@/components/ui';
import { shownSteps } from '../rotation';
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
    return {
      label: stepWords[step],
      state: 'running',
      detail: rotation.waiting ?? attemptsOf(rotation),
    };
  });
  return (
    <div className="grid gap-3">
      <Steps steps={steps} />
      {rotation.error && rotation.step !== 'failed' ? (
        <Notice tone="hold" title="The last attempt did not succeed; it is tried again">
          {rotation.error}
        </Notice>
      ) : null}
    </div>
  );
}

function attemptsOf(rotation: RotationView): string | undefined {
  return rotation.attempts > 0 ? `attempt ${rotation.attempts + 1}` : undefined;
}
