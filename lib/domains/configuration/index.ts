/** The configuration room's door for the browser. */
export { TemplatePage } from './ui/template-page';
export { TemplatesPage } from './ui/templates-page';
