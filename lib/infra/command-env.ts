/** What the commands that speak to a console take from the environment; nothing else of it. */
const CONSOLE = 'http://127.0.0.1:3000';

export interface CommandEnv {
  /** The console's address. */
  url: string;
  /** A personal access token. */
  token: string | undefined;
}

export function commandEnv(): CommandEnv {
  const { COUNTERSIGN_URL: url, COUNTERSIGN_TOKEN: token } = process.env;
  return { url: url || CONSOLE, token: token || undefined };
}
