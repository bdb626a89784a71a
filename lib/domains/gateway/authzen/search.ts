/** POST /access/v1/search/{subject,resource,action}: those of whom an evaluation would say true. */
import type { z } from 'zod';
import { Problem } from '@/lib/kernel/problem';
import type { Gateway } from '../gateway';
import { AGENT, agentsSeen, isOf, ownResources } from './agents';
import { ask, type Asker, asking, prepare } from './ask';
import { applies } from './declared';
import type { From } from './from';
import { keep, searchedEvent, uid } from './event';
import { pageToken, placeOf } from './page-token';
import type { ActionSearch, Evaluation, Page, ResourceSearch, SubjectSearch } from './schema';
import { workWith } from './work';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 500;
const CHUNK = 200;
/** How many are looked at in one request, or fewer of a large question; the page's token goes on from there. */
const MAX_LOOKED_AT = 1_000;

export interface Found<T> {
  results: T[];
  page: { next_token: string; count: number };
}
type Uid = { type: string; id: string };

export function searchSubjects(
  gateway: Gateway,
  from: From,
  { page, subject, ...rest }: z.output<typeof SubjectSearch>,
): Promise<Found<Uid>> {
  const { type } = subject;
  const question = { of: 'subject', type, ...rest };
  return search(gateway, from, question, page, {
    pages: (asker, after, limit) => {
      if (type === AGENT) {
        return chunk(
          agentsSeen(asker.snapshot, from.sees).map(({ id }) => id),
          after,
          limit,
        );
      }
      return stored(asker, rest.action.name, type, rest.resource.type, type, after, limit);
    },
    evaluation: (id) => ({ ...rest, subject: { type, id } }),
    result: (id) => ({ type, id }),
    kept: { search: 'subject', type, action: rest.action.name, resource: uid(rest.resource) },
  });
}

export function searchResources(
  gateway: Gateway,
  from: From,
  { page, resource, ...rest }: z.output<typeof ResourceSearch>,
): Promise<Found<Uid>> {
  const { type } = resource;
  const question = { of: 'resource', type, ...rest };
  return search(gateway, from, question, page, {
    pages: (asker, after, limit) => {
      if (rest.subject.type === AGENT && ownResources.has(type)) {
        const of = asker.snapshot.actionTypes.get(rest.action.name);
        const id = type === 'tool' ? of?.tool.id : of?.key;
        return chunk(id === undefined ? [] : [id], after, limit);
      }
      return stored(asker, rest.action.name, rest.subject.type, type, type, after, limit);
    },
    evaluation: (id) => ({ ...rest, resource: { type, id } }),
    result: (id) => ({ type, id }),
    kept: { search: 'resource', type, action: rest.action.name, subject: uid(rest.subject) },
  });
}

export function searchActions(
  gateway: Gateway,
  from: From,
  { page, ...rest }: z.output<typeof ActionSearch>,
): Promise<Found<{ name: string }>> {
  const { subject, resource } = rest;
  return search(gateway, from, { of: 'action', ...rest }, page, {
    pages: ({ snapshot }, after, limit) => {
      const names =
        subject.type === AGENT
          ? [...snapshot.actionTypes.values()]
              .filter((type) => isOf(type, resource))
              .map(({ key }) => key)
          : [...(snapshot.byHand?.declared?.actions.keys() ?? [])];
      return chunk(names, after, limit);
    },
    evaluation: (name) => ({ ...rest, action: { name } }),
    result: (name) => ({ name }),
    kept: { search: 'action', subject: uid(subject), resource: uid(resource) },
  });
}

interface Search<T> {
  /** Up to so many after one, in their order. */
  pages: (asker: Asker, after: string, limit: number) => Promise<string[]> | string[];
  evaluation: (candidate: string) => Evaluation;
  result: (candidate: string) => T;
  /** What the event says of the question. */
  kept: Record<string, unknown>;
}

async function search<T>(
  gateway: Gateway,
  { ctx, snapshot, sees }: From,
  question: unknown,
  page: Page,
  { pages, evaluation, result, kept }: Search<T>,
): Promise<Found<T>> {
  let after = placeOf(snapshot, question, page.token);
  const limit = Math.min(page.limit ?? DEFAULT_LIMIT, MAX_LIMIT);
  const results: T[] = [];
  let more = true;
  const work = workWith(question);
  let left = Math.min(MAX_LOOKED_AT, work.most);
  while (more && left > 0 && results.length < limit) {
    const size = Math.min(CHUNK, left);
    left -= size;
    // Each chunk's entities are its own, so that a search holds no more than it looks at at once.
    const { asker, candidates } = await asking(gateway, snapshot, sees, async (reader) => {
      const found = await pages(reader, after, size);
      const asked = found.map((name) => ({ name, one: evaluation(name) }));
      await prepare(
        reader,
        asked.map(({ one }) => one),
      );
      return { asker: reader, candidates: asked };
    });
    if (asker.entities?.overflow) throw tooMany();
    more = candidates.length === size;
    for (const { name, one } of candidates) {
      if (results.length === limit) {
        more = true;
        break;
      }
      after = name;
      if (ask(asker, one).decision) results.push(result(name));
      await work.asked();
    }
  }
  await keep(gateway, ctx, snapshot, searchedEvent(kept, results));
  const next = more ? pageToken(snapshot, question, after) : '';
  return { results, page: { next_token: next, count: results.length } };
}

function tooMany(): Problem {
  return new Problem({
    status: 422,
    code: 'too_many_entities',
    title: 'Too much to look at',
    detail: 'The entities lead to more others than one request may look at. Ask for single ones.',
  });
}

function chunk(names: readonly string[], after: string, limit: number): string[] {
  return names
    .filter((name) => name > after)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .slice(0, limit);
}

/** Stored entities of a type, unless the action does not apply to these types anyway. */
async function stored(
  { snapshot, entities }: Asker,
  action: string,
  subject: string,
  resource: string,
  type: string,
  after: string,
  limit: number,
): Promise<string[]> {
  const declared = snapshot.byHand?.declared;
  if (!entities || !declared || !applies(declared, action, subject, resource)) return [];
  return (await entities.page(type, after, limit)).map(({ id }) => id);
}
