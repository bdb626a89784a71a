export { Classification, classifications, covers, rank } from './schema';
