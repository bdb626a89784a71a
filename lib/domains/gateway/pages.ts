/** The gateway room's pages; its index.ts is read by servers too. */
export { ExplainPage } from './ui/explain-page';
