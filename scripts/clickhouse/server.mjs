/**
 * ClickHouse for tests: the part of its HTTP interface that @clickhouse/client speaks, over the
 * chdb package's engine. Prints `{"port":N}` once it listens on loopback, and ends when its
 * standard input does, so that a killed run leaves none behind.
 *
 * One statement at a time, each with the parameters and settings of its own request.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { Session } = createRequire(import.meta.url)('chdb');

const directory = mkdtempSync(join(tmpdir(), 'countersign-clickhouse-'));
const session = new Session(directory);
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));

/** Members of a request that are no settings of the engine. */
const OWN = new Set(['query', 'query_id', 'session_id', 'database', 'default_format', 'role']);
const quoted = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const settingName = (name) => {
  if (!/^\w+$/.test(name)) throw new Error(`${name} is not the name of a setting`);
  return name;
};

let last = Promise.resolve();
/** Every statement that came, as it came. */
const statements = [];
/** After how many more statements the connection is cut, once: before the statement or after it. */
let cut;

/** Answers the statement's output as bytes; undefined when it was not carried out. */
function execute(statement, search) {
  const done = last.then(async () => {
    statements.push(statement);
    if (cut?.left === 0 && cut.before) return undefined;
    const given = [...search].filter(([name]) => !OWN.has(name));
    const settings = given.filter(([name]) => !name.startsWith('param_'));
    const database = search.get('database') ?? 'default';
    await session.queryAsync(`USE \`${settingName(database)}\``);
    if (given.length > 0) {
      const all = given.map(([name, value]) => `${settingName(name)} = ${quoted(value)}`);
      await session.queryAsync(`SET ${all.join(', ')}`);
    }
    try {
      const format = search.get('default_format') ?? 'TabSeparated';
      return Buffer.from((await session.queryAsync(statement, { format })).bytes());
    } finally {
      for (const [name] of settings) await session.queryAsync(`SET ${name} = DEFAULT`);
    }
  });
  last = done.catch(() => undefined);
  return done;
}

async function answer(request, response) {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (url.pathname === '/ping') return response.end('Ok.\n');
  // These two are this server's own.
  if (url.pathname === '/statements') return response.end(JSON.stringify(statements));
  if (url.pathname === '/cut') {
    const { searchParams } = url;
    cut = { left: Number(searchParams.get('after')), before: searchParams.has('before') };
    return response.end();
  }
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString('utf8');
  const statement = [url.searchParams.get('query') ?? '', body].filter((part) => part !== '');
  const output = await execute(statement.join('\n'), url.searchParams);
  if (cut?.left === 0) {
    cut = undefined;
    return response.destroy();
  }
  if (cut) cut.left -= 1;
  response.setHeader('content-type', 'application/octet-stream');
  response.end(output);
}

const server = createServer({ maxHeaderSize: 1_048_576 }, (request, response) => {
  answer(request, response).catch((error) => {
    const [, code] = /Code: (\d+)/.exec(error.message) ?? [];
    response.statusCode = 500;
    if (code !== undefined) response.setHeader('x-clickhouse-exception-code', code);
    response.end(error.message);
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`);
});
process.stdin.resume();
process.stdin.once('end', () => process.exit(0));
