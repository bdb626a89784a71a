/**
 * The native schema engine's command line and JSON-RPC, served by the WebAssembly engine.
 * scripts/prisma-engine.mjs runs `main`; Prisma's CLI is the caller.
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { z } from 'zod';
import { engineMessage, openEngine, type OpenEngine } from './engine';

const Request = z.object({ id: z.number(), method: z.string(), params: z.unknown() });
const EngineError = z.object({
  message: z.string(),
  is_panic: z.boolean().optional(),
  error_code: z.string().optional(),
});

/** Codes of Prisma's error reference. */
const CONNECTION_CODES: Record<string, string> = {
  '28P01': 'P1000',
  '28000': 'P1000',
  '3D000': 'P1003',
};

export async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    strict: false,
    options: { datamodels: { type: 'string', multiple: true }, datasource: { type: 'string' } },
  });
  const datasource = typeof values.datasource === 'string' ? values.datasource : '{}';
  const { url } = z.object({ url: z.string().optional() }).parse(JSON.parse(datasource));
  if (positionals[0] === 'cli') return cli(positionals[1], url);
  const files = (values.datamodels ?? []).map((file): [string, string] => [
    String(file),
    readFileSync(String(file), 'utf8'),
  ]);
  return serve(url, files);
}

async function cli(command: string | undefined, url: string | undefined): Promise<number> {
  try {
    if (!url) throw new Error('The datasource has no URL: set DATABASE_URL.');
    if (command === 'can-connect-to-database') await withClient(url, () => Promise.resolve());
    else if (command === 'create-database') await createDatabase(url);
    else throw new Error(`The command ${command} is not supported.`);
    process.stdout.write('ok\n');
    return 0;
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    const fields = { message: engineMessage(error), error_code: CONNECTION_CODES[code] ?? 'P1001' };
    // Prisma skips the first line and reads the others as the engine's log.
    process.stderr.write(
      `\n${JSON.stringify({ level: 'ERROR', target: 'schema_engine::logger', fields })}`,
    );
    return 1;
  }
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function createDatabase(url: string): Promise<void> {
  const target = new URL(url);
  const name = decodeURIComponent(target.pathname.slice(1));
  target.pathname = '/postgres';
  await withClient(target.href, (client) =>
    client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`),
  );
}

type Send = (message: object) => void;

/** What Prisma may ask for: one engine for all of it, opened when it is first needed. */
async function serve(url: string | undefined, schema: [string, string][]): Promise<number> {
  const send: Send = (message) =>
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const files = schema.length > 0 ? schema : undefined;
  let connected: OpenEngine | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    const request = Request.safeParse(line.trim() === '' ? undefined : JSON.parse(line)).data;
    // What is no request is Prisma's answer to a print.
    if (!request) continue;
    await answer(request, send, async () => {
      if (!needsDatabase(request)) return openEngine(undefined, files);
      connected ??= await openEngine(url, files);
      return connected;
    });
  }
  await connected?.close();
  return 0;
}

type Rpc = z.infer<typeof Request>;

async function answer(
  { id, method, params }: Rpc,
  send: Send,
  open: () => Promise<OpenEngine>,
): Promise<void> {
  try {
    const { engine } = await open();
    const name = method === 'getDatabaseVersion' ? 'version' : method;
    const call = Reflect.get(engine, name) as ((params: unknown) => Promise<unknown>) | undefined;
    if (typeof call !== 'function') throw new Error(`The schema engine has no method ${method}.`);
    const result = await call.call(engine, params);
    if (method === 'diff') {
      const { stdout } = result as { stdout: string | null };
      if (stdout !== null) send({ id, method: 'print', params: { content: stdout } });
    }
    send({ id, result: result ?? null });
  } catch (error) {
    send({
      id,
      error: {
        code: 4466,
        message: 'An error happened. Check the data field for details.',
        data: errorData(error),
      },
    });
  }
}

const Diff = z.object({ from: z.object({ tag: z.string() }), to: z.object({ tag: z.string() }) });

/** A diff of two schemas reads files only, and must work where the database cannot be reached. */
function needsDatabase({ method, params }: Rpc): boolean {
  const diff = method === 'diff' ? Diff.safeParse(params).data : undefined;
  return (
    !diff || [diff.from, diff.to].some(({ tag }) => tag !== 'empty' && tag !== 'schemaDatamodel')
  );
}

function errorData(error: unknown): object {
  const parsed = EngineError.safeParse(error);
  return {
    is_panic: false,
    meta: null,
    ...(parsed.success ? parsed.data : {}),
    message: engineMessage(error),
  };
}
