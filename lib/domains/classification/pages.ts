/** The room's pages, apart from index.ts, because servers read the levels there. */
export { ClassificationPage } from './ui/classification-page';
export { DataAssetPage } from './ui/data-asset-page';
export { TypeDataPanel } from './ui/type-data-panel';
