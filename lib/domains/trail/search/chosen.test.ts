import { describe, expect, it } from 'vitest';
import { chosen, type Lexeme } from './chosen';
import { narrowedBy } from './condition';
import { lexemesOf, quoted } from './lexemes';

const lexeme = (query: string, share: number, common = true, lists = 1): Lexeme => ({
  ...{ query, share, common, lists },
});
const taken = (lexemes: Lexeme[], own?: number) => chosen(lexemes, own).map(({ query }) => query);

describe('what is looked up', () => {
  const [word, agent] = [lexeme('word', 0.01), lexeme('agent', 0.02, false)];
  const own = lexeme('own', 1, false);

  it('begins with the shortest lists, which the server goes through side by side', () => {
    expect(taken([lexeme('half', 0.5), lexeme('third', 0.3)])).toEqual(['third', 'half']);
    const few = lexeme('few', 0.03);
    expect(taken([lexeme('tenth', 0.1), word, few])).toEqual(['word', 'few', 'tenth']);
    // Reading it costs more than comparing the few rows that it would leave out.
    expect(taken([lexeme('third', 0.3), word, few])).toEqual(['word', 'few']);
  });

  it('leaves out what would leave out hardly anything more', () => {
    const rare = lexeme('rare', 0.0001);
    expect(taken([lexeme('half', 0.5), rare, lexeme('seldom', 0.02)])).toEqual(['rare', 'seldom']);
    expect(taken([lexeme('nearly all', 0.999), rare])).toEqual(['rare']);
  });

  it('has a stretch of time second, or first where its list is shorter', () => {
    const within = (stretch: Lexeme, lexemes: Lexeme[]) =>
      chosen(lexemes, 1, stretch).map(({ query }) => query);
    const days = lexeme('days', 0.1, true, 3);
    expect(within(days, [word, agent])).toEqual(['word', 'days', 'agent']);
    expect(within(days, [lexeme('half', 0.5)])).toEqual(['days', 'half']);
    // Sixteen days, each a list of its own, of the half month that the events are in.
    const half = lexeme('half a month', 0.5, true, 16);
    expect(within(half, [word, agent])).toEqual(['word', 'agent']);
  });

  it('counts what other workspaces have in common lists', () => {
    expect(taken([word, agent])).toEqual(['word', 'agent']);
    expect(taken([word, agent, own], 0.1)).toEqual(['agent', 'word']);
    expect(taken([word, own], 0.001)).toEqual(['own', 'word']);
    expect(taken([word, own], 0.1)).toEqual(['word', 'own']);
  });

  it('is never nothing', () => {
    expect(taken([lexeme('all', 1)])).toEqual(['all']);
    expect(taken([lexeme('half', 0.5), own], 0.00001)).toEqual(['own']);
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
