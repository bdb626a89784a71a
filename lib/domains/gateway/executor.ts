import { createPool } from '@/lib/infra/pg';
import type { Executor } from './execute';
import { Recorder } from './recorder';
import { ToolClient } from './tool/client';

let shared: Executor | undefined;

/** The process's own connections to run and read with, made when they are first needed. */
export function executor(): Executor {
  if (!shared) {
    const pool = createPool('countersign_app', 4, 30_000);
    const observer = { committed: () => undefined, failed: () => undefined };
    shared = { pool, recorder: new Recorder(pool, observer), tools: new ToolClient() };
  }
  return shared;
}

export async function closeExecutor(): Promise<void> {
  const own = shared;
  shared = undefined;
  await own?.recorder.drain();
  await own?.tools.close();
  await own?.pool.end();
}
