import type { HttpBindings } from '@hono/node-server';
import { type Context as HonoContext, Hono } from 'hono';
import { memberContext, type TokenRow } from '@/lib/http/member-context';
import { sha256Hex } from '@/lib/infra/crypto';
import { inTenant, type Pool } from '@/lib/infra/pg';
import { makeEvent } from '@/lib/kernel/event';
import { idSchema } from '@/lib/kernel/ids';
import { outboxInsert } from '@/lib/kernel/outbox';
import { forbidden, notFound, unauthenticated } from '@/lib/kernel/problem';
import { all } from '@/lib/kernel/verdict';
import { withinScope } from '@/lib/kernel/verb';
import { maySearch } from '../policy';
import { latestCheckpointRow, reading } from '../repo';
import { readEntries, readTile } from './read';
import { parseTilePath, TILE_WIDTH, type TileRequest, widthAt } from './tile';

interface Env {
  Bindings: HttpBindings;
}
type C = HonoContext<Env>;

/** What has been signed never changes. */
const FOREVER = 'max-age=31536000, immutable';

/**
 * A workspace's log as C2SP tlog-tiles: `/trail/{workspace}/checkpoint`, `tile/<L>/<N>` and
 * `tile/entries/<N>`. Checkpoints and hashes tell nothing of the events, so they are open to
 * every verifier; entries are the events, for who may read the trail with an access token.
 */
export function trailRoutes({ pool }: { pool: Pool }): Hono<Env> {
  const app = new Hono<Env>();

  app.get('/trail/:workspace/checkpoint', async (c) => {
    const workspace = workspaceOf(c);
    const head = await reading(workspace, (client) => latestCheckpointRow(client, workspace));
    if (!head) throw notFound('log');
    c.header('cache-control', 'no-cache');
    return c.text(head.note);
  });

  app.get('/trail/:workspace/tile/*', async (c) => {
    const workspace = workspaceOf(c);
    const path = c.req.path.slice(`/trail/${workspace}/tile/`.length);
    const asked = parseTilePath(path);
    if (!asked) throw notFound('tile');
    const token = c.req.header('authorization');
    if (asked.level === undefined) await assertMayRead(pool, workspace, token);
    const bytes = await reading(workspace, async (client) => {
      const head = await latestCheckpointRow(client, workspace);
      if (!head || widthOf(asked, head.size) < asked.width) throw notFound('tile');
      const start = asked.index * TILE_WIDTH;
      if (asked.level === undefined) {
        return readEntries(client, workspace, { start, end: start + asked.width });
      }
      const place = { level: asked.level, index: asked.index };
      const size = (start + asked.width) * TILE_WIDTH ** asked.level;
      return readTile(client, workspace, place, size);
    });
    if (!bytes) throw notFound('tile');
    const scope = asked.level === undefined ? 'private' : 'public';
    return c.body(new Uint8Array(bytes), 200, {
      'content-type': 'application/octet-stream',
      'cache-control': `${scope}, ${FOREVER}`,
    });
  });

  return app;
}

function workspaceOf(c: C): string {
  const id = c.req.param('workspace') ?? '';
  if (!idSchema('ws').safeParse(id).success) throw notFound('log');
  return id;
}

/** Entry bundles are as wide as the tiles of level 0. */
function widthOf({ level = 0, index }: TileRequest, size: number): number {
  return widthAt({ level, index }, size);
}

async function assertMayRead(
  pool: Pool,
  workspace: string,
  header: string | undefined,
): Promise<void> {
  const token = /^Bearer +(cst_pat_[\w-]{20,100})$/i.exec(header ?? '')?.[1];
  if (!token) throw unauthenticated('Send a personal access token as "Bearer cst_pat_…".');
  const { rows } = await pool.query<TokenRow>('SELECT * FROM member_by_token($1)', [
    sha256Hex(token),
  ]);
  const [holder] = rows;
  if (!holder)
    throw unauthenticated('The access token is unknown, expired or revoked.', 'invalid_token');
  if (holder.workspace_id !== workspace) throw notFound('log');
  const ctx = memberContext(holder, { tokenId: holder.token_id, scopes: holder.scopes ?? [] });
  const verdict = all(maySearch(ctx.actor), withinScope(ctx.actor, 'read'));
  if (verdict.allowed) return;
  const refused = makeEvent(ctx, {
    type: 'request.refused',
    outcome: 'refused',
    object: { type: 'operation', id: 'trail.entries' },
    data: { code: 'forbidden', reason: verdict.reason },
  });
  await inTenant(pool, workspace, (client) => client.query(outboxInsert(refused)));
  throw forbidden(verdict.reason);
}
