// Asks Z3, one question at a time, for whoever started this process. Its threads and the
// memory that it has grown to live no longer than this process. Plain JavaScript, so that it
// starts at once. Takes {id, script} in SMT-LIB 2, tells {id, output}; each question stands alone.
import { init } from 'z3-solver';

process.once('disconnect', () => process.exit(0));

const ready = init().then(({ Z3 }) => ({ Z3, context: Z3.mk_context(Z3.mk_config()) }));
let last = Promise.resolve();

async function answer({ id, script }) {
  const { Z3, context } = await ready;
  const output = await Z3.eval_smtlib2_string(context, `(reset)\n${script}`);
  process.send?.({ id, output });
}

process.on('message', (question) => {
  last = last
    .then(() => answer(question))
    .catch((error) => {
      process.stderr.write(`${error}\n`);
      process.exit(1);
    });
});
