'use client';

import { CircleAlert } from 'lucide-react';
import { Button } from './button';
import { Diff } from './diff';
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

export interface SavedMeanwhileProps {
  /** As in this group. */
  what: string;
  /** What the form was begun with, and what somebody else has saved since; nothing is shown until they have. */
  before: object | undefined;
  after: object | undefined;
  onDiscard: () => void;
  onKeep: () => void;
  /** After either of them. */
  onLooked?: () => void;
}

/** The same above a form that is saved as it was looked at or not at all: says what has changed. */
export function SavedMeanwhile({
  what,
  before,
  after,
  onDiscard,
  onKeep,
  onLooked,
}: SavedMeanwhileProps) {
  if (!after) return null;
  const looking = (then: () => void) => () => {
    then();
    onLooked?.();
  };
  return (
    <div role="alert" className="grid gap-2">
      <Notice
        tone="hold"
        icon={CircleAlert}
        title={`Somebody else has changed ${what} meanwhile`}
        action={
          <span className="flex flex-wrap gap-2">
            <Button size="sm" onClick={looking(onDiscard)}>
              Show theirs
            </Button>
            <Button size="sm" onClick={looking(onKeep)}>
              Keep mine
            </Button>
          </span>
        }
      >
        What you typed is still here. Keep it to save only what you changed on top of theirs.
      </Notice>
      <Diff before={before} after={after} />
    </div>
  );
}
