/** Mail by the server that the environment names; the only importer of nodemailer. */
import { createTransport, type Transporter } from 'nodemailer';
import { type Env, env } from './env';
import { isLoopback } from './outgoing';

const CONNECT_MS = 10_000;
const ANSWER_MS = 15_000;

/** Not sent now; the message is a sentence without anything secret. Worth another try. */
export class MailFailure extends Error {
  override name = 'MailFailure';
}

/** Never to be sent: the server wants nothing of it. */
export class MailRefused extends MailFailure {
  override name = 'MailRefused';
}

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
  /** The same however often it is sent, so that a repetition can be told. */
  id: string;
}

/** Whether there is a server to send by. */
export function mailConfigured(): boolean {
  const { SMTP_URL, SMTP_HOST } = env();
  return SMTP_URL !== undefined || SMTP_HOST !== undefined;
}

interface Server {
  host: string;
  port: number;
  secure: boolean;
  auth?: { user: string; pass: string };
}

function serverOf(e: Env): Server | undefined {
  const login = (user: string | undefined, pass: string | undefined) =>
    user ? { auth: { user, pass: pass ?? '' } } : {};
  if (e.SMTP_URL) {
    const url = new URL(e.SMTP_URL);
    const secure = url.protocol === 'smtps:';
    return {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port) || (secure ? 465 : 587),
      secure,
      ...login(
        decodeURIComponent(url.username) || e.SMTP_USER,
        decodeURIComponent(url.password) || e.SMTP_PASSWORD,
      ),
    };
  }
  if (!e.SMTP_HOST) return undefined;
  const { SMTP_HOST: host, SMTP_PORT: port } = e;
  return { host, port, secure: port === 465, ...login(e.SMTP_USER, e.SMTP_PASSWORD) };
}

let open: { of: Env; server: Server; transport: Transporter } | undefined;

function transportOf(e: Env): NonNullable<typeof open> {
  if (open?.of === e) return open;
  closeMail();
  const server = serverOf(e);
  if (!server) throw new MailFailure('No mail server is set up. Set SMTP_URL or SMTP_HOST.');
  // What leaves this machine is encrypted to a server that proves its name, or is not sent.
  const local = server.host === 'localhost' || isLoopback(server.host);
  const transport = createTransport({
    ...server,
    pool: true,
    maxConnections: 2,
    requireTLS: !local && !server.secure,
    tls: { rejectUnauthorized: !local },
    connectionTimeout: CONNECT_MS,
    greetingTimeout: ANSWER_MS,
    socketTimeout: ANSWER_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  open = { of: e, server, transport };
  return open;
}

/** Sends one mail; throws MailFailure, or MailRefused when another try is no use. */
export async function sendMail({ to, id, subject, text, html }: Mail): Promise<void> {
  const e = env();
  const { server, transport } = transportOf(e);
  try {
    await transport.sendMail({
      from: e.SMTP_FROM,
      to: { name: '', address: to },
      subject,
      text,
      html,
      messageId: `<${id}@${new URL(e.CONSOLE_URL).hostname}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  } catch (error) {
    throw failureOf(error, `${server.host}:${server.port}`);
  }
}

/** The failure in words of ours: what a server says may repeat an address or a login. */
function failureOf(error: unknown, server: string): MailFailure {
  const { code, command, responseCode } = error as Record<
    'code' | 'command',
    string | undefined
  > & {
    responseCode?: number;
  };
  const options = { cause: error };
  const answered = responseCode === undefined ? '' : ` (${responseCode})`;
  if (code === 'EAUTH') {
    return new MailFailure(`The mail server refused the login${answered}.`, options);
  }
  // A sender that is refused is for whoever set the server up to mend; a recipient is not.
  const final = command === 'RCPT TO' || command === 'DATA';
  if (final && responseCode !== undefined && responseCode >= 500) {
    return new MailRefused(`The mail server refused this mail${answered}.`, options);
  }
  if (responseCode !== undefined) {
    return new MailFailure(`The mail server put this mail off${answered}.`, options);
  }
  if (code === 'ETLS') {
    return new MailFailure(`${server} offers no encryption. Nothing is sent without.`, options);
  }
  return new MailFailure(
    `The mail server ${server} cannot be reached or does not answer.`,
    options,
  );
}

/** Ends the connections that are kept open. */
export function closeMail(): void {
  open?.transport.close();
  open = undefined;
}
