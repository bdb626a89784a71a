import { spawn } from 'node:child_process';
import { childEnv } from '@/lib/infra/env';
import type { Upstream } from './upstream';

interface Dying {
  /** The bundle of rotate-child.ts. */
  rotator: string;
  workspace: string;
  rotationId: string;
  /** Steps that are taken before it dies by itself. */
  steps: number;
  /** The upstream's call around which it is killed instead. */
  kill?: { call: string; phase: string } | undefined;
}

/** Runs the child until it is dead; resolves to the signal that ended it. */
export function dieWhile(upstream: Upstream, dying: Dying): Promise<string | null> {
  const { rotator, workspace, rotationId, steps, kill } = dying;
  const child = spawn(process.execPath, [rotator, workspace, rotationId, String(steps)], {
    env: childEnv(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  upstream.watch(async (call, phase) => {
    if (call === kill?.call && phase === kill.phase) child.kill('SIGKILL');
  });
  return new Promise<string | null>((resolve, reject) => {
    child.once('exit', (code, signal) => {
      upstream.watch(undefined);
      if (signal === null) reject(new Error(`child ended with ${code}: ${errors}`));
      else resolve(signal);
    });
  });
}
