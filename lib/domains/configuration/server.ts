/** The configuration room's door for servers. */
export { configurationApi, templatesApi } from './api';
