/** What suites of messages share: a mail server and a gateway for the file, and what was sent. */
import { afterAll, beforeAll } from 'vitest';
import { closeGatewayJobs, type RunningGateway, startGateway } from '@/lib/domains/gateway/server';
import { closeDb } from '@/lib/infra/db';
import { closeQueue } from '@/lib/infra/queue';
import { type MailServer, type NoticeWorld, noticeWorld, startMail } from './world';

export interface NoticeSuite {
  /** A workspace of its own; the refunds' action type may differ from the usual one. */
  world: (type?: Record<string, unknown>) => Promise<NoticeWorld>;
  mailsTo: (email: string) => MailServer['mails'];
  /** Has the mail server answer this recipient with the error from now on. */
  refuse: MailServer['refuse'];
}

/** Starts what they need before the file's tests, and ends it and every world after them. */
export function noticeSuite(): NoticeSuite {
  let mail: MailServer;
  let gateway: RunningGateway;
  const worlds: NoticeWorld[] = [];
  beforeAll(async () => {
    mail = await startMail();
    gateway = await startGateway({ host: '127.0.0.1', port: 0 });
  });
  afterAll(async () => {
    for (const one of worlds) await one.end();
    await mail.close();
    await gateway.stop();
    await closeGatewayJobs();
    await closeQueue();
    await closeDb();
  });
  return {
    world: async (type) => {
      const made = await noticeWorld(gateway.url, type);
      worlds.push(made);
      return made;
    },
    mailsTo: (email) => mail.mails.filter(({ to }) => to.includes(email)),
    refuse: (address, code) => mail.refuse(address, code),
  };
}

/** The bodies that a world's receiver got at this kind's address. */
export function posted(of: NoticeWorld, kind: string): Record<string, unknown>[] {
  return of.receiver.seen
    .filter(({ url }) => url === `/${kind}/T0K3N`)
    .map(({ body }) => JSON.parse(body) as Record<string, unknown>);
}
