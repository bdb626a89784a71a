/** The layering check, `npm run layers`: dependency-cruiser's rules and the browser doors. */
import { report, REPOSITORY } from './tree';
import { checkLayers } from './layer-graph';

report('layers', await checkLayers(REPOSITORY));
