/** Carries the requested path and query to the layout, which Next does not tell them. */
export const PATH_HEADER = 'x-countersign-path';
