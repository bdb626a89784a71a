/** The checks over files that no other tool makes; `npm run check:files`. */
import { checkDocsPaths } from './docs-paths';
import { checkFileLength } from './file-length';
import { checkMarks } from './marks';
import { checkSideEffects } from './side-effects';
import { report, REPOSITORY } from './tree';

report('file length', checkFileLength(REPOSITORY));
report('marks', checkMarks(REPOSITORY));
report('paths in documents', checkDocsPaths(REPOSITORY));
report('side effects', checkSideEffects(REPOSITORY));
