export { overviewQuery } from './queries';
export { OverviewPage } from './ui/overview-page';
