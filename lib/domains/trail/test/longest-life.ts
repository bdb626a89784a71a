/** For the gateway's suite, which knows how long an action may wait. */
export { LONGEST_LIFE_DAYS } from '../payload/blank';
