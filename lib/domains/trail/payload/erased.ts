/** What stands in the place of a payload: where its key is destroyed, and for who is not shown it. */

/** Instead of parameters and of a result. */
export const erased = { erased: true };
/** Instead of a text or a value. */
export const GONE = '[erased]';
