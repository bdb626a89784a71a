/**
 * npm run jobs: carries out what rooms declared with defineJob, by schedule and as queued.
 * Any number of these processes may run; every effect is a conditional update.
 */
import { advisorJobs, campaignJobs } from '@/lib/domains/access/server';
import { approvalsJobs } from '@/lib/domains/approvals/server';
import { classificationJobs } from '@/lib/domains/classification/server';
import { complianceJobs } from '@/lib/domains/compliance/server';
import { gatewayJobs } from '@/lib/domains/gateway/server';
import { identityJobs } from '@/lib/domains/identity/server';
import { notificationsJobs } from '@/lib/domains/notifications/server';
import { reviewsJobs } from '@/lib/domains/reviews/server';
import { startDelivery, startFeed, trailJobs } from '@/lib/domains/trail/server';
import { vaultJobs } from '@/lib/domains/vault/server';
import { closeDb } from '@/lib/infra/db';
import { runProcess } from '@/lib/infra/entry';
import { closeMail } from '@/lib/infra/mail';
import { exitWithParent, reportReady } from '@/lib/infra/process';
import { closeQueue } from '@/lib/infra/queue';
import { type Job, startJobs } from '@/lib/kernel/job';

const jobs: Job[] = [
  ...advisorJobs,
  ...approvalsJobs,
  ...classificationJobs,
  ...campaignJobs,
  ...complianceJobs,
  ...gatewayJobs,
  ...identityJobs,
  ...notificationsJobs,
  ...reviewsJobs,
  ...trailJobs,
  ...vaultJobs,
];

await runProcess({ roles: ['countersign_app'] }, async () => {
  exitWithParent();
  const worker = await startJobs(jobs);
  const delivery = startDelivery();
  const feed = startFeed();
  reportReady();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void Promise.all([worker.close(), delivery.stop(), feed.stop()])
        .then(() => closeMail())
        .then(() => Promise.all([closeQueue(), closeDb()]))
        .finally(() => process.exit(0));
    });
  }
});
