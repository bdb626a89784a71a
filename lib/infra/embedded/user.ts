/** Whom the embedded server runs as: PostgreSQL refuses to run as root. */
import { execFileSync } from 'node:child_process';
import { lchownSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** A user to switch to, or undefined to stay the one we are. */
export type RunAs = { uid: number; gid: number } | undefined;

const isRoot = process.getuid?.() === 0;

/** The owner of an existing cluster, else the user `postgres` (made if there is none), else `nobody`. */
export function serverUser(existingCluster?: string): RunAs {
  if (!isRoot) return undefined;
  if (existingCluster) {
    const { uid, gid } = statSync(existingCluster);
    if (uid !== 0) return { uid, gid };
  }
  const user = lookUp('postgres') ?? create('postgres') ?? lookUp('nobody');
  if (!user)
    throw new Error(
      'PostgreSQL cannot run as root, and no user postgres could be created. Start as an ordinary user.',
    );
  return user;
}

function lookUp(name: string): RunAs {
  try {
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

function create(name: string): RunAs {
  try {
    execFileSync(
      'useradd',
      ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name],
      {
        stdio: 'pipe',
      },
    );
  } catch {
    return undefined;
  }
  return lookUp(name);
}

/** Whether `user` may enter `folder`: every folder above it must let them through. */
export function canEnter(user: RunAs, folder: string): boolean {
  if (!user) return true;
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const { uid, gid, mode } = statSync(at);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

/** Gives a folder with all that is in it to `user`: PostgreSQL works only in one of its own. */
export function giveTo(user: NonNullable<RunAs>, folder: string): void {
  lchownSync(folder, user.uid, user.gid);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) giveTo(user, file);
    else lchownSync(file, user.uid, user.gid);
  }
}
