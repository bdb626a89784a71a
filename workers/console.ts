/** npm run console: the built console on HOST and PORT. Build it first with npm run build. */
import { createRequire } from 'node:module';
import { env, setEnv } from '@/lib/infra/env';

const { HOST, PORT, NEXTAUTH_URL } = env();
setEnv({ NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', NEXTAUTH_URL });
const require = createRequire(import.meta.url);
const command = require.resolve('next/dist/bin/next');
process.argv = [process.execPath, command, 'start', '-H', HOST, '-p', String(PORT)];
require(command);
