/** What holds for search in PostgreSQL holds through ClickHouse: the same suites, word for word. */
import { expect, it } from 'vitest';
import { through } from '../../test/copied-partly';
import { EVENTS } from './tables';
import '../pages.test';
import '../search.test';

it('was ClickHouse that answered, and everything it was asked was of one workspace', async () => {
  expect(through.fellBack()).toEqual([]);
  const asked = await through.server().statements();
  const searches = asked.filter((one) => one.includes(`FROM ${EVENTS}`));
  expect(searches.length).toBeGreaterThan(150);
  const others = asked.filter((one) => !one.includes('WHERE workspace_id = {workspace:String}'));
  expect(others.filter((one) => !/^(CREATE TABLE|INSERT)/.test(one))).toEqual([]);
});
