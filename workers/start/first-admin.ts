/** Run to its end by the supervisor: reports the one-time link that makes the first admin. */
import { firstAdminLink } from '@/lib/domains/workspaces/server';
import { reportResult } from '@/lib/infra/process';

reportResult(await firstAdminLink());
process.exit(0);
