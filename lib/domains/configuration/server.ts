/** The configuration room's door for servers. */
export { configurationApi } from './api';
