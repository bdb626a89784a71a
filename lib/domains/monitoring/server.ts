export { overviewApi } from './api';
export { getOverview } from './service';
