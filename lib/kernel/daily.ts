import { inWorkspace } from '@/lib/infra/db';
import { clock } from './clock';

const DAY_MS = 86_400_000;

/** The last time before `now` that it was `time` in UTC, as in `03:40`. */
function lastTime(time: string, now: Date): Date {
  const today = new Date(`${now.toISOString().slice(0, 10)}T${time}:00.000Z`);
  return today > now ? new Date(today.getTime() - DAY_MS) : today;
}

/**
 * Whether a daily job has not finished in a workspace since it was last its time. A new workspace
 * waits for the first such time; one that was missed is due until it is made up.
 */
export async function isDue(workspace: string, name: string, time: string): Promise<boolean> {
  const now = clock.now();
  const since = lastTime(time, now);
  return inWorkspace(workspace, async (tx) => {
    const done = await tx.jobRun.findFirst({
      // One that a clock which was ahead has dated in the future says nothing of now.
      where: { name, finishedAt: { gte: since, lte: now } },
    });
    if (done) return false;
    const made = await tx.workspace.findFirst({ select: { createdAt: true } });
    return made !== null && made.createdAt < since;
  });
}

export async function noteFinished(workspaceId: string, name: string): Promise<void> {
  const finishedAt = clock.now();
  await inWorkspace(workspaceId, (tx) =>
    tx.jobRun.upsert({
      where: { workspaceId_name: { workspaceId, name } },
      create: { workspaceId, name, finishedAt },
      update: { finishedAt },
    }),
  );
}
