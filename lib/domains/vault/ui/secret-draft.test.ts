import { describe, expect, it } from 'vitest';
import { newId } from '@/lib/kernel/ids';
import { createSecretInput, secretView, updateSecretInput } from '../schema';
import { additionOf, changesOf, draftOf } from './secret-draft';

const id = newId('sec');
const can = { allowed: true };
const at = '2026-11-20T10:00:00.000Z';
const secret = secretView.parse({
  ...{ id, name: 'order-service-key', description: '', origin: 'https://orders.example.com' },
  rotator: { kind: 'http_api_keys', baseUrl: 'https://orders.example.com', graceSeconds: 60 },
  ...{ rotateEveryDays: 30, state: 'active', createdBy: newId('mbr'), version: 1 },
  ...{ createdAt: at, updatedAt: at, activatedAt: at, dueAt: at, rotation: null, usedBy: [] },
  can: { update: can, rotate: can, revoke: can },
});
const began = draftOf(secret);

const refused = (schema: typeof updateSecretInput | typeof createSecretInput, body: unknown) =>
  schema.safeParse(body).error?.issues.map(({ path }) => path.join('.'));

describe('what editing a secret sends', () => {
  it('is only what was changed', () => {
    expect(changesOf(began, { ...began })).toEqual({});
    const body = changesOf(began, { ...began, description: 'For refunds', days: '' });
    expect(body).toEqual({ description: 'For refunds', rotateEveryDays: null });
    expect(updateSecretInput.parse({ id, ...body })).toEqual({ id, ...body });
  });

  it('has how it is renewed where that was changed', () => {
    const other = { ...began, baseUrl: 'https://keys.example.com' };
    expect(changesOf(began, other)).toEqual({
      rotator: { kind: 'http_api_keys', baseUrl: 'https://keys.example.com' },
    });
    expect(changesOf(began, { ...began, kind: 'manual' })).toEqual({
      rotator: { kind: 'manual' },
    });
  });
});

describe('a schedule that is no number', () => {
  it.each(['90d', 'never', '1e999'])('as %s is refused, and takes no schedule away', (days) => {
    const body = changesOf(began, { ...began, days });
    expect(JSON.parse(JSON.stringify(body))).toEqual({ rotateEveryDays: days });
    expect(refused(updateSecretInput, { id, ...body })).toEqual(['rotateEveryDays']);
    const addition = additionOf({ ...draftOf(), name: 'a-key', value: 'abc', days });
    expect(refused(createSecretInput, addition)).toEqual(['rotateEveryDays']);
  });
});

describe('what keeping a secret sends', () => {
  const draft = { ...draftOf(), name: 'a-key', value: 'abc', origin: 'https://a.example.com' };

  it('is the value, where it goes and when it is due', () => {
    const body = additionOf({ ...draft, days: ' 90 ' });
    expect(createSecretInput.parse(body)).toMatchObject({
      ...{ value: 'abc', origin: 'https://a.example.com', rotateEveryDays: 90 },
    });
    expect(additionOf(draft).rotateEveryDays).toBeNull();
  });

  it('is no value where one is made', () => {
    const body = additionOf({ ...draft, source: 'generated' });
    expect(body).toMatchObject({ generate: true });
    expect(body).not.toHaveProperty('value');
  });
});
