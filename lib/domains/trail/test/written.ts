/** An export's bytes, for the suites of rooms that read one. */
export { written } from '../export/test/support';
