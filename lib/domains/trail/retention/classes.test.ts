import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addMonths,
  defaultPeriods,
  expiredClasses,
  isRemoved,
  lastExpired,
  monthOf,
  retentionClass,
  retentionClasses,
} from './classes';

const months = fc.integer({ min: 1, max: 200 });
const periods = fc.record({
  decisions: months,
  sessions: months,
  administration: months,
  reads: months,
});
const instant = fc.date({
  min: new Date('2000-01-01'),
  max: new Date('2100-01-01'),
  noInvalidDate: true,
});
const type = fc.constantFrom(
  ...['action.decided', 'approval.approved', 'session.started', 'model.called', 'agent.created'],
  ...['request.refused', 'trail.exported', 'trail.events_expired', 'trail.payload_read'],
);

describe('a retention period', () => {
  it('is seven years unless it is set', () => {
    expect(defaultPeriods).toEqual({ decisions: 84, sessions: 84, administration: 84, reads: 84 });
    expect(lastExpired(84, new Date('2026-11-23T10:00:00Z'))).toBe('2019-10');
    expect(addMonths('2026-11', 2)).toBe('2027-01');
  });

  it('is over for a month once its last event is older', () => {
    fc.assert(
      fc.property(instant, months, instant, (time, kept, now) => {
        const all = { decisions: kept, sessions: kept, administration: kept, reads: kept };
        const end = new Date(`${addMonths(monthOf(time), 1)}-01T00:00:00Z`);
        const until = new Date(end);
        until.setUTCMonth(until.getUTCMonth() + kept);
        const over = expiredClasses(monthOf(time), all, now).length > 0;
        expect(over).toBe(until <= now);
      }),
    );
  });
});

describe('whether an event is removed', () => {
  it('depends on its class alone, its age and the holds', () => {
    fc.assert(
      fc.property(type, instant, periods, instant, fc.boolean(), (name, time, kept, now, held) => {
        const removed = isRemoved({ type: name, time }, kept, now, held);
        const own = kept[retentionClass(name)];
        const same = { decisions: own, sessions: own, administration: own, reads: own };
        expect(removed).toBe(isRemoved({ type: name, time }, same, now, held));
        // A hold keeps everything; a longer period never removes more; time only adds.
        expect(isRemoved({ type: name, time }, kept, now, true)).toBe(false);
        const longer = { ...kept, [retentionClass(name)]: own + 1 };
        if (!removed) expect(isRemoved({ type: name, time }, longer, now, held)).toBe(false);
        const later = new Date(now.getTime() + 1);
        if (removed) expect(isRemoved({ type: name, time }, kept, later, held)).toBe(true);
        // Never before the period has gone by since the event itself.
        const earliest = new Date(time);
        earliest.setUTCMonth(earliest.getUTCMonth() + own, 1);
        if (now < earliest) expect(removed).toBe(false);
      }),
    );
  });

  it('every class has its types', () => {
    expect(new Set(['action.x', 'model.x', 'what.ever', 'request.x'].map(retentionClass))).toEqual(
      new Set(retentionClasses),
    );
  });
});
