/** For commands beside `npm start`: the databases that it runs. */
import { env, EnvError, setEnv } from '../env';
import { lastPort } from './location';
import { isPortFree } from './ports';

/**
 * Leads this process to the embedded databases of its data directory, unless DATABASE_URL names
 * others or there are none. Throws EnvError when they do not run.
 */
export async function useRunning(): Promise<void> {
  const { DATABASE_URL, COUNTERSIGN_DATA_DIR } = env();
  const port = DATABASE_URL ? undefined : lastPort(COUNTERSIGN_DATA_DIR);
  if (port === undefined) return;
  if (await isPortFree(port))
    throw new EnvError(
      `The databases of ${COUNTERSIGN_DATA_DIR} do not run. Start Countersign (npm start), or set DATABASE_URL.`,
    );
  // Who connects is a role of its own, with a password that follows from the master key.
  setEnv({ DATABASE_URL: `postgresql://127.0.0.1:${port}/countersign` });
}
