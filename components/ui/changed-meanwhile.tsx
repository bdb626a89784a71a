'use client';

import { CircleAlert } from 'lucide-react';
import { Button } from './button';
import { Notice } from './panel';

/** Says above a form of settings that somebody else has saved them since; what is typed stays. */
export function ChangedMeanwhile({ shown, onDiscard }: { shown: boolean; onDiscard: () => void }) {
  if (!shown) return null;
  return (
    <div role="alert">
      <Notice
        tone="hold"
        icon={CircleAlert}
        title="Somebody else has changed these settings meanwhile"
        action={
          <Button size="sm" onClick={onDiscard}>
            Show theirs
          </Button>
        }
      >
        What you typed stays. Saving it changes what you changed, and nothing else.
      </Notice>
    </div>
  );
}
