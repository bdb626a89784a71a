// Asks Z3, one question at a time, for whoever started this process. Its threads and the
// memory that it has grown to live no longer than this process. Plain JavaScript, so that it
// starts at once. Takes {id, script, ms}, with declarations and assertions in SMT-LIB 2, and
// tells {id, verdict, model}. Each question has a context of its own.
import { init } from 'z3-solver';

process.once('disconnect', () => process.exit(0));

const ready = init();
const SMT_LIB = 2;
const verdicts = new Map([
  [1, 'sat'],
  [-1, 'unsat'],
]);

async function answer({ script, ms }) {
  const { Z3, em } = await ready;
  const config = Z3.mk_config();
  const context = Z3.mk_context(config);
  Z3.del_config(config);
  // Neither on the stack, which is small, nor by a call that goes on after it has returned:
  // Z3 would read what others have written there meanwhile.
  const bytes = Buffer.from(`${script}\0`);
  const text = em._malloc(bytes.length);
  try {
    em.HEAPU8.set(bytes, text);
    Z3.set_ast_print_mode(context, SMT_LIB);
    const solver = Z3.mk_solver(context);
    Z3.solver_inc_ref(context, solver);
    const params = Z3.mk_params(context);
    Z3.params_inc_ref(context, params);
    Z3.params_set_uint(context, params, Z3.mk_string_symbol(context, 'timeout'), ms);
    Z3.solver_set_params(context, solver, params);
    em._Z3_solver_from_string(context, solver, text);
    const wrong = Z3.get_error_code(context);
    if (wrong !== 0) throw new Error(Z3.get_error_msg(context, wrong));
    const verdict = verdicts.get(await Z3.solver_check(context, solver)) ?? 'unknown';
    if (verdict !== 'sat') return { verdict, model: '' };
    const model = Z3.solver_get_model(context, solver);
    Z3.model_inc_ref(context, model);
    return { verdict, model: Z3.model_to_string(context, model) };
  } finally {
    em._free(text);
    Z3.del_context(context);
  }
}

let last = Promise.resolve();
process.on('message', (question) => {
  last = last
    .then(() => answer(question))
    .then(
      (answered) => process.send?.({ id: question.id, ...answered }),
      (error) => {
        process.stderr.write(`${error}\n`);
        process.exit(1);
      },
    );
});
