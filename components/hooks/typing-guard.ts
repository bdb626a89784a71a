/** So long after the last key of a text the next key begins something else. */
export const PAUSE_MS = 1_500;

export interface Pressed {
  /** Milliseconds, as of an event. */
  at: number;
  /** Into a text field, or while a dialog is open. */
  elsewhere: boolean;
  /** Tab, Esc, or Enter on a control: whoever presses it is done with the text. */
  ends: boolean;
}

/**
 * Whether keys are meant for a text, and not for a shortcut. A field can go while somebody types
 * into it; what they go on typing is still meant for it, until they pause or do something else.
 */
export function typingGuard() {
  let last = Number.NEGATIVE_INFINITY;
  const end = () => {
    last = Number.NEGATIVE_INFINITY;
  };
  return {
    end,
    meansText({ at, elsewhere, ends }: Pressed): boolean {
      if (ends) {
        end();
        return elsewhere;
      }
      if (!elsewhere && at - last >= PAUSE_MS) return false;
      last = at;
      return true;
    },
  };
}
