/** Loaded before the script of every supervised process (by the gateway's bundle itself), so that none outlives its supervisor. */
import { exitWithParent } from './process';

exitWithParent();
