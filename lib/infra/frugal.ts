/**
 * How the processes start that wait for a database most of their time. Prisma's query compiler
 * is WebAssembly: optimised, it takes 40 MB more, and makes plans that are kept anyway. Young
 * objects need no more room than this, and threads no heaps of their own.
 */
export const frugal = {
  args: ['--liftoff-only', '--max-semi-space-size=2'],
  env: { MALLOC_ARENA_MAX: '2' },
};
