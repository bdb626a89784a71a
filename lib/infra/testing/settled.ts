const ID = /\b[a-z]{2,4}_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;
/** With a letter in it: a long number is no hash. */
const HEX = /\b(?=\d*[a-f])[0-9a-f]{16,}\b/g;
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.+]*Z?/g;

/** JSON of a value without the digits that are random: those of ids, hashes and times, which may be any. */
export function settledText(value: unknown): string {
  return JSON.stringify(value).replaceAll(ID, '…').replaceAll(HEX, '…').replaceAll(TIME, '…');
}
