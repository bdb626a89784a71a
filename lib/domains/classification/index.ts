/** The four levels and what is read by all; the pages have a door of their own, pages.ts. */
export {
  Classification,
  classifications,
  covers,
  effectiveOf,
  type Handling,
  handlings,
  rank,
} from './levels';
