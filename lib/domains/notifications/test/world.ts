/** A workspace whose agent's refunds are held, a receiver, a mail server, and approvers with addresses. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { startTool, type TestTool } from '@/lib/domains/gateway/test/tool';
import { clientOf, makeWorld, type World } from '@/lib/domains/gateway/test/world';
import { setEnv } from '@/lib/infra/env';
import { closeMail } from '@/lib/infra/mail';
import { type Context, jobContext } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { sendNotifications } from '../jobs';
import type { ChannelWithSecret } from '../schema';
import { createChannel } from '../service/manage';

export interface MailServer {
  /** What came, whole, with the envelope's recipients. */
  mails: { to: string[]; text: string }[];
  /** Answers a recipient with this error from now on. */
  refuse: (address: string, code: number) => void;
  close: () => Promise<void>;
}

/** A real mail server on loopback that the environment names. */
export async function startMail(): Promise<MailServer> {
  const mails: MailServer['mails'] = [];
  const refused = new Map<string, number>();
  const server = new SMTPServer({
    authOptional: true,
    onRcptTo: ({ address }, _, done) => {
      const code = refused.get(address);
      done(code ? Object.assign(new Error('no'), { responseCode: code }) : null);
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        // Lines that were wrapped for the way are whole again.
        const text = Buffer.concat(chunks).toString('utf8').replaceAll('=\r\n', '');
        mails.push({ to, text });
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  setEnv({ SMTP_URL: `smtp://127.0.0.1:${port}`, SMTP_FROM: 'Countersign <cs@example.test>' });
  return {
    mails,
    refuse: (address, code) => refused.set(address, code),
    close: async () => {
      closeMail();
      setEnv({ SMTP_URL: '', SMTP_FROM: '' });
      await new Promise<void>((resolve) => server.close(resolve));
    },
  };
}

export interface NoticeWorld extends World {
  admin: Context;
  receiver: TestTool;
  member: (roles: string[]) => Promise<{ id: string; email: string; ctx: Context }>;
  /** A held refund; its id. */
  hold: (over?: Record<string, unknown>) => Promise<string>;
  channel: (kind: string, more?: Record<string, unknown>) => Promise<ChannelWithSecret>;
  /** What the jobs process does every few seconds. */
  tick: () => Promise<void>;
  rows: (where?: Record<string, unknown>) => Promise<Record<string, unknown>[]>;
  /** Lets the time pass that everything has to wait. */
  waitOver: () => Promise<void>;
  end: () => Promise<void>;
}

/** Its actions are decided by the gateway at this address; `type` changes the action type. */
export async function noticeWorld(
  gateway: string,
  type: Record<string, unknown> = {},
): Promise<NoticeWorld> {
  const world = await makeWorld();
  const { workspace } = world;
  const receiver = await startTool();
  const member: NoticeWorld['member'] = async (roles) => {
    const id = newId('mbr');
    const email = `${id}@example.test`;
    const row = { id, workspace_id: workspace, email, name: `Name of ${id.slice(-6)}`, roles };
    await world.insert('members', { ...row, updated_at: new Date() });
    return { id, email, ctx: memberContext(workspace, id, roles) };
  };
  const { ctx: admin } = await member(['admin']);
  const agent = await world.agent({ name: 'refund-agent' });
  const role = await world.role(agent.id);
  const made = await world.actionType(await world.tool(receiver.url), type);
  await world.permission(role, made, { tier: 3 });
  const client = clientOf(gateway, world, agent);
  let named = 0;
  return {
    ...world,
    admin,
    receiver,
    member,
    hold: async (over = {}) => {
      const answer = await client.propose(
        await client.session(),
        { order_id: '4821', amount: 750 },
        over,
      );
      if (answer.status !== 202) throw new Error(JSON.stringify(answer.body));
      return String(answer.body['id']);
    },
    channel: (kind, more = {}) => {
      named += 1;
      const url = kind === 'email' ? {} : { url: `${receiver.url}/${kind}/T0K3N` };
      return createChannel(admin, { name: `${kind} ${named}`, kind, ...url, ...more });
    },
    tick: () => sendNotifications.perform(workspace, {}),
    rows: async (where = {}) => {
      const { rows } = await world.owner.query<Record<string, unknown>>(
        'SELECT * FROM notifications WHERE workspace_id = $1 ORDER BY created_at, id',
        [workspace],
      );
      return rows.filter((row) => Object.entries(where).every(([name, is]) => row[name] === is));
    },
    waitOver: async () => {
      await world.owner.query(
        `UPDATE notifications SET next_try_at = now() - interval '1 second'
         WHERE workspace_id = $1 AND state = 'queued'`,
        [workspace],
      );
    },
    end: async () => {
      await receiver.close();
      await world.close();
    },
  };
}

export function memberContext(workspace: string, id: string, roles: readonly string[]): Context {
  return {
    ...jobContext(workspace, 'test'),
    actor: {
      type: 'member',
      ...{ id, name: id, roles, abilities: [] },
      ...{ method: 'password', authenticatedAt: Date.now(), sessionId: newId('mss') },
    },
  };
}
