/** Loaded before the script of every supervised process, so that none outlives its supervisor. */
import { exitWithParent } from './process';

exitWithParent();
