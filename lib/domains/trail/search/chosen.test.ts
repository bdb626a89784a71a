import { describe, expect, it } from 'vitest';
import { chosen, type Lexeme, shortestLast } from './chosen';
import { narrowedBy } from './condition';
import { lexemesOf, quoted } from './lexemes';

const lexeme = (query: string, share: number, common = true): Lexeme => ({ query, share, common });
const taken = (lexemes: Lexeme[], own?: number) => chosen(lexemes, own).map(({ query }) => query);

describe('what is looked up', () => {
  it('leaves out what many have, where others narrow more', () => {
    const lexemes = [lexeme('half', 0.5), lexeme('rare', 0.0001), lexeme('seldom', 0.02)];
    expect(taken(lexemes)).toEqual(['rare']);
    expect(taken([lexeme('half', 0.5), lexeme('third', 0.3)])).toEqual(['half', 'third']);
    expect(taken([lexeme('third', 0.3), lexeme('word', 0.01), lexeme('few', 0.03)])).toEqual([
      'word',
      'few',
    ]);
  });

  it('ends with the shortest list, which the server goes through', () => {
    const ordered = (lexemes: Lexeme[], own?: number) =>
      shortestLast(lexemes, own).map(({ query }) => query);
    const [word, agent] = [lexeme('word', 0.01), lexeme('agent', 0.02, false)];
    expect(ordered([word, agent])).toEqual(['agent', 'word']);
    // Of a word other workspaces have as much.
    expect(ordered([word, agent], 0.1)).toEqual(['word', 'agent']);
    expect(ordered([word, lexeme('own', 1, false)], 0.001)).toEqual(['word', 'own']);
  });

  it('is never nothing, unless the workspace is', () => {
    expect(taken([lexeme('all', 1)])).toEqual(['all']);
    expect(taken([lexeme('half', 0.5)], 0.00001)).toEqual([]);
    expect(taken([lexeme('own', 0.01, false), lexeme('half', 0.5)], 0.00001)).toEqual(['own']);
  });
});

describe('a pair of filters', () => {
  const agent = 'agt_0190c3a0-0103-7000-8000-00bde8f21ca7';
  const event = {
    workspace: 'ws_1',
    time: '2026-11-26T00:00:00.000Z',
    type: 'action.decided',
    actorId: agent,
    onBehalfOf: null,
    agent,
    actionType: `it's.done`,
    outcome: 'deny',
    tier: 3,
    classification: null,
  };
  const queries = (filters: Parameters<typeof narrowedBy>[0]) =>
    narrowedBy(filters).map(({ query }) => query);

  it('is one lexeme, which the event has', () => {
    const has = lexemesOf(event).map((each) => `(${quoted(each)})`);
    const asked = queries({ agent, action_type: `it's.done`, outcome: 'deny', tier: '3' });
    expect(asked).toHaveLength(2);
    for (const query of asked) expect(has).toContain(query);
  });

  it('is every combination of their values, where those are few', () => {
    expect(queries({ outcome: 'deny,hold', tier: '2,3', type: 'action.*' })).toEqual([
      `('=both=deny+2' | '=both=deny+3' | '=both=hold+2' | '=both=hold+3')`,
      `('=type=action.*')`,
    ]);
    expect(queries({ outcome: 'deny,hold,failed', tier: '1,2,3' })).toEqual([
      `('=outcome=deny' | '=outcome=hold' | '=outcome=failed')`,
      `('=tier=1' | '=tier=2' | '=tier=3')`,
    ]);
  });

  it('that an event has half of gives it no lexeme', () => {
    const half = lexemesOf({ ...event, agent: null, tier: null });
    expect(half.filter((each) => each.startsWith('=both='))).toEqual([]);
  });
});
