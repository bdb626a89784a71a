import { describe, expect, it } from 'vitest';
import { stepsTo } from './use-unsaved';

const back = {
  cancelable: true,
  navigationType: 'traverse',
  destination: { key: 'entry', url: 'https://console.example/agents?q=a' },
};

describe('the browser’s Back', () => {
  it('is held where it leads to another page', () => {
    expect(stepsTo(back, '/settings')).toBe('entry');
  });

  it('is let go where it leads to another view of the same page', () => {
    expect(stepsTo(back, '/agents')).toBeUndefined();
  });

  it('is let go where the browser does not let a page hold it, and so is what is no step', () => {
    expect(stepsTo({ ...back, cancelable: false }, '/settings')).toBeUndefined();
    expect(stepsTo({ ...back, navigationType: 'push' }, '/settings')).toBeUndefined();
  });
});
