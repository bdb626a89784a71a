export * from './queries';
export * from './schema';
export { ActionTypePage } from './ui/action-type-page';
export { CatalogPage } from './ui/catalog-page';
export { ToolPage } from './ui/tool-page';
