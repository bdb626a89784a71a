import { PrismaPg } from '@prisma/adapter-pg';
import { roleUrl } from './db-roles';
import { Prisma, PrismaClient } from './generated/prisma/client';

/** A transaction of the application role with its workspace set. */
export type Tx = Prisma.TransactionClient;
export { Prisma };

let client: PrismaClient | undefined;

/** The console's and the jobs' client, as the role that owns nothing and is under row-level security. */
export function db(): PrismaClient {
  client ??= new PrismaClient({
    adapter: new PrismaPg(
      { connectionString: roleUrl('countersign_app'), max: 16 },
      { onPoolError: () => undefined, onConnectionError: () => undefined },
    ),
    transactionOptions: { maxWait: 15_000, timeout: 30_000 },
    // Bound values of a failed query may be personal data; the caller gets the error's code.
    errorFormat: 'minimal',
  });
  return client;
}

export async function closeDb(): Promise<void> {
  await client?.$disconnect();
  client = undefined;
}

/**
 * Runs `work` in one transaction that sees only this workspace's rows: the setting is
 * what every row-level security policy compares with, and ends with the transaction.
 */
export function inWorkspace<T>(
  workspace: string,
  work: (tx: Tx) => Promise<T>,
  options: { readOnly?: boolean; timeoutMs?: number | undefined } = {},
): Promise<T> {
  const { timeoutMs: timeout } = options;
  return db().$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT set_config('countersign.workspace', ${workspace}, true)`;
      if (options.readOnly) await tx.$executeRaw`SET TRANSACTION READ ONLY`;
      return work(tx);
    },
    {
      ...(timeout === undefined ? {} : { timeout }),
      // What is read together is of one moment, or a row would be shown beside another's future.
      ...(options.readOnly
        ? { isolationLevel: Prisma.TransactionIsolationLevel.RepeatableRead }
        : {}),
    },
  );
}

/** Whether the error is a violation of a uniqueness rule. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}

/** Whether two transactions waited for each other crosswise and this one was ended; it changed nothing. */
export function isDeadlock(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  const { meta } = error as {
    meta?: { driverAdapterError?: { cause?: { originalCode?: string } } };
  };
  return error.code === 'P2034' || meta?.driverAdapterError?.cause?.originalCode === '40P01';
}

/** Whether the database could not be reached or had no connection free: worth another try. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  // P1001, P1002, P1008, P1017: not reachable, timed out, closed; P2024, P2028: no connection in time.
  const transient = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028']);
  return error instanceof Prisma.PrismaClientKnownRequestError && transient.has(error.code);
}
