import { describe, expect, it } from 'vitest';
import type { DeclaredType, EntityView } from '../../cedar-policies/schema';
import { draftOf, errorOf, propertiesOf } from './entity-draft';

const attribute = (name: string, kind: DeclaredType['attributes'][number]['kind']) => ({
  ...{ name, kind, required: false, words: 'what it must be' },
});
const type: DeclaredType = {
  name: 'user',
  memberOf: ['folder'],
  attributes: [
    attribute('name', 'string'),
    attribute('level', 'long'),
    attribute('vip', 'boolean'),
    attribute('tags', 'json'),
    attribute('boss', 'string'),
  ],
};
const entity = (properties: Record<string, unknown>) =>
  ({ type: 'user', id: 'alice', properties, parents: [] }) as unknown as EntityView;

describe('an entity in a form', () => {
  it('goes out as it came in', () => {
    const properties = { name: '', level: -3, vip: false, tags: ['a', { b: 1 }] };
    const draft = draftOf(type, entity(properties));
    expect(propertiesOf(type, draft)).toEqual({ properties, errors: {} });
  });

  it('gives another entity by its id', () => {
    const draft = draftOf(type, entity({ boss: { type: 'user', id: 'bob' } }));
    expect(propertiesOf(type, draft).properties).toEqual({ boss: 'bob' });
  });

  it('leaves out what is not given, and lets the server name what is of another type', () => {
    const draft = { id: 'a', parents: [], values: { level: '1.5', vip: '', tags: ' ' } };
    expect(propertiesOf(type, draft)).toEqual({ properties: { level: '1.5' }, errors: {} });
  });

  it('says by field what is no JSON', () => {
    const draft = { id: 'a', parents: [], values: { tags: '[a' } };
    expect(propertiesOf(type, draft)).toEqual({
      properties: {},
      errors: { 'properties.tags': 'must be what it must be' },
    });
  });

  it('shows at an attribute what is wrong within it', () => {
    const errors = { 'properties.tags.0': 'must be a string', 'properties.tag': 'is required' };
    expect(errorOf(errors, 'properties.tags')).toBe('0 must be a string');
    expect(errorOf(errors, 'properties.tag')).toBe('is required');
    expect(errorOf(errors, 'properties.level')).toBeUndefined();
  });
});
