// Runs PostgreSQL and stops it when whoever started this process is gone, however it
// went: the IPC channel closes even after a kill -9. Plain JavaScript, so that it starts
// at once. Argument: JSON {command, args, cwd, user, log, removeAfter}.
import { spawn } from 'node:child_process';
import { openSync, rmSync } from 'node:fs';

const { command, args, cwd, user, env, log, removeAfter } = JSON.parse(process.argv[2]);
const output = openSync(log, 'a', 0o600);
const server = spawn(command, args, { cwd, env, stdio: ['ignore', output, output], ...user });

let stopping = false;
function stop() {
  if (stopping) return;
  stopping = true;
  // Fast shutdown: sessions end, a checkpoint is written. Then, at worst, immediate.
  server.kill('SIGINT');
  setTimeout(() => server.kill('SIGQUIT'), 20_000).unref();
  setTimeout(() => server.kill('SIGKILL'), 25_000).unref();
}

process.on('disconnect', stop);
process.on('message', (message) => message === 'stop' && stop());
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
server.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
server.on('spawn', () => process.connected && process.send({ pid: server.pid }));
server.on('exit', (code) => {
  // Removed here and not by the starter, which may have been killed.
  if (removeAfter && stopping) rmSync(removeAfter, { recursive: true, force: true, maxRetries: 5 });
  process.exit(code ?? 1);
});
