import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { setEnv } from './env';
import { closeMail, MailFailure, mailConfigured, MailRefused, sendMail } from './mail';

const mail = {
  to: 'ada@example.test',
  subject: 'Refund für order 4821',
  text: 'Decide in the console.',
  html: '<p>Decide in the console.</p>',
  id: 'ntf_1',
};
const servers: SMTPServer[] = [];

interface Got {
  secure: boolean;
  user: string | undefined;
  text: string;
}

async function serve(options: SMTPServerOptions): Promise<{ port: number; got: Got[] }> {
  const got: Got[] = [];
  const server = new SMTPServer({
    onData: (stream, session, done) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        got.push({ secure: session.secure, user: session.user, text });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.server.address() as AddressInfo).port, got };
}

function use(url: string): void {
  setEnv({ SMTP_URL: url, SMTP_FROM: 'Countersign <cs@example.test>' });
}

afterEach(async () => {
  closeMail();
  setEnv({
    SMTP_URL: '',
    SMTP_HOST: '',
    SMTP_PORT: '',
    SMTP_USER: '',
    SMTP_PASSWORD: '',
    SMTP_FROM: '',
  });
  for (const server of servers.splice(0)) {
    await new Promise<void>((resolve) => server.close(resolve));
  }
});

const login: SMTPServerOptions = {
  onAuth: ({ username, password }, _, done) => {
    if (username === 'user' && password === 'p@ss') return done(null, { user: username });
    done(Object.assign(new Error(`no ${password}`), { responseCode: 535 }));
  },
};

describe('mail', () => {
  it('is off without a server', async () => {
    expect(mailConfigured()).toBe(false);
    await expect(sendMail(mail)).rejects.toThrow('No mail server is set up');
  });

  it('goes to a server of this machine without a login, with a stable id', async () => {
    const { port, got } = await serve({ authOptional: true, disabledCommands: ['STARTTLS'] });
    use(`smtp://127.0.0.1:${port}`);
    expect(mailConfigured()).toBe(true);
    await sendMail(mail);
    await sendMail(mail);
    expect(got).toHaveLength(2);
    for (const { text, secure } of got) {
      expect(secure).toBe(false);
      expect(text).toContain('Message-ID: <ntf_1@127.0.0.1>');
      expect(text).toContain('From: Countersign <cs@example.test>');
      expect(text).toContain('To: ada@example.test');
      expect(text).toContain('Auto-Submitted: auto-generated');
    }
  });

  it('is encrypted where the server offers it, and logs in', async () => {
    const { port, got } = await serve(login);
    use(`smtp://user:${encodeURIComponent('p@ss')}@127.0.0.1:${port}`);
    await sendMail(mail);
    expect(got[0]).toMatchObject({ secure: true, user: 'user' });
  });

  it('takes the server by parts, and TLS from the start', async () => {
    const { port, got } = await serve({ ...login, secure: true });
    setEnv({
      SMTP_FROM: 'cs@example.test',
      SMTP_URL: `smtps://127.0.0.1:${port}`,
      SMTP_USER: 'user',
      SMTP_PASSWORD: 'p@ss',
    });
    await sendMail(mail);
    expect(got[0]).toMatchObject({ secure: true, user: 'user' });
    const parts = await serve({ authOptional: true });
    setEnv({
      SMTP_URL: '',
      SMTP_USER: '',
      SMTP_PASSWORD: '',
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(parts.port),
    });
    await sendMail(mail);
    expect(parts.got).toHaveLength(1);
  });

  it('fails without a word of what was secret', async () => {
    const { port, got } = await serve(login);
    use(`smtp://user:wrong-secret@127.0.0.1:${port}`);
    const error = await sendMail(mail).catch((one: Error) => one);
    expect(error).toBeInstanceOf(MailFailure);
    expect(error).not.toBeInstanceOf(MailRefused);
    expect((error as Error).message).toBe('The mail server refused the login (535).');
    expect(got).toHaveLength(0);
  });

  it('tells a refused recipient from one that is put off', async () => {
    let code = 550;
    const { port } = await serve({
      authOptional: true,
      onRcptTo: (_, __, done) => done(Object.assign(new Error('ada'), { responseCode: code })),
    });
    use(`smtp://127.0.0.1:${port}`);
    const refused = await sendMail(mail).catch((one: Error) => one);
    expect(refused).toBeInstanceOf(MailRefused);
    expect((refused as Error).message).toBe('The mail server refused this mail (550).');
    code = 451;
    const late = await sendMail(mail).catch((one: Error) => one);
    expect(late).toBeInstanceOf(MailFailure);
    expect(late).not.toBeInstanceOf(MailRefused);
  });

  it('puts off what no server takes', async () => {
    const { port } = await serve({ authOptional: true });
    const [server] = servers.splice(0);
    await new Promise<void>((resolve) => server?.close(resolve));
    use(`smtp://127.0.0.1:${port}`);
    await expect(sendMail(mail)).rejects.toThrow(`127.0.0.1:${port} cannot be reached`);
  });

  it('keeps what is put into a subject or an address out of the headers', async () => {
    const { port, got } = await serve({ authOptional: true });
    use(`smtp://127.0.0.1:${port}`);
    await sendMail({ ...mail, subject: 'a\r\nBcc: eve@example.test\r\n\r\nbody' });
    const [head = ''] = (got[0]?.text ?? '').split('\r\n\r\n');
    expect(head).not.toMatch(/^Bcc:/m);
  });
});
