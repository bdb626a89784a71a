import { z } from 'zod';
import { conflict } from '@/lib/kernel/problem';
import { toPage } from '@/lib/kernel/page';
import { pageOf } from '@/lib/kernel/page-input';
import { permitted, query, verb } from '@/lib/kernel/verb';
import { manageAccess, readAccess } from '../../policy';
import { applyDocument } from '../apply';
import { diff } from '../diff';
import { PolicyDocument } from '../document';
import { verdictOf } from '../policy';
import { restored } from '../merge';
import { readDocument } from '../read';
import { findVersions, lastVersion, loadVersion, lockVersions, memberNames } from '../repo';
import { ListVersions, Rollback, Version, VersionDetail, VersionRef } from '../schema';
import { keepVersion } from '../versions';
import { viewVersion } from '../view';
import { publishedEvent } from './event';

export const listVersions = query({
  name: 'policies.list',
  input: ListVersions,
  output: pageOf(Version),
  permit: readAccess,
  run: async ({ ctx, input, tx }) => {
    const rows = await findVersions(tx, input.cursor, input.limit);
    const last = await lastVersion(tx);
    const names = await memberNames(
      tx,
      rows.map(({ createdBy }) => createdBy),
    );
    return toPage(
      rows,
      input.limit,
      ({ number }) => [String(number)],
      (row) => viewVersion(row, names, row.number === last?.number, ctx.actor),
    );
  },
});

export const getVersion = query({
  name: 'policies.get',
  input: VersionRef,
  output: VersionDetail,
  permit: readAccess,
  run: async ({ ctx, input, tx }) => {
    const row = await loadVersion(tx, input.version);
    const last = await lastVersion(tx);
    const names = await memberNames(tx, [row.createdBy]);
    const current = await readDocument(tx);
    return {
      ...viewVersion(row, names, row.number === last?.number, ctx.actor),
      undo: diff(current, restored(current, PolicyDocument.parse(row.document))),
    };
  },
});

/** Makes what a version decided hold again, as a new version. */
export const rollbackVersion = verb({
  name: 'policies.rollback',
  input: Rollback,
  output: z.object({ number: z.number() }),
  permit: manageAccess,
  run: async ({ ctx, input, tx, event }) => {
    await lockVersions(tx);
    const row = await loadVersion(tx, input.version);
    const last = await lastVersion(tx);
    const view = viewVersion(row, new Map(), row.number === last?.number, ctx.actor);
    permitted(verdictOf(view.can.rollback));
    const current = await readDocument(tx);
    const document = restored(current, PolicyDocument.parse(row.document));
    const changes = diff(current, document);
    if (changes.length === 0) {
      throw conflict(
        'changes_nothing',
        `Everything is as it was in version ${row.number} already.`,
      );
    }
    if (current.secondAdmin && changes.some(({ widens }) => widens)) {
      throw conflict(
        'second_admin_needed',
        'Going back lets agents do more. Make it a draft; another admin publishes it.',
      );
    }
    await applyDocument(tx, ctx, current, document);
    const number = await keepVersion(tx, ctx, {
      document: await readDocument(tx),
      changes,
      why: input.why,
      origin: 'rollback',
    });
    event(publishedEvent('policy.rolled_back', number, changes, input.why, { to: row.number }));
    return { number };
  },
});
