import { type Attributes, messageOf, type Recorded, resourcesOf, wordOf } from './base';
import { classified, complianceFinding, detectionFinding } from './classes';

type Event = Recorded['event'];

const NEW = { status_id: 1, status: 'New' };
const RESOLVED = { status_id: 4, status: 'Resolved' };
const [PASS, FAIL] = [
  { status_id: 1, status: 'Pass' },
  { status_id: 3, status: 'Fail' },
];

function infoOf(event: Event): Attributes {
  return {
    finding_info: {
      uid: event.object?.id ?? event.id,
      title: messageOf(event),
      types: [event.type],
    },
    ...resourcesOf(event),
  };
}

function phaseOf(event: Event): { activity: number; open: boolean } {
  if (/(closed|resolved|fixed)$/.test(event.type)) return { activity: 3, open: false };
  return { activity: /(updated|waived|assigned)$/.test(event.type) ? 2 : 1, open: true };
}

/** A finding of a compliance check, or a run of all of them. */
export function compliance(event: Event): Attributes {
  const { activity, open } = phaseOf(event);
  const checks = checksOf(event);
  const failed = checks.length > 0 ? checks.some((check) => check['status_id'] !== 1) : open;
  return {
    ...classified(complianceFinding, activity, wordOf(event), failed ? 3 : 1),
    ...(failed ? NEW : RESOLVED),
    ...infoOf(event),
    compliance: {
      control: event.object?.id ?? event.type,
      ...(failed ? FAIL : PASS),
      ...(checks.length > 0 ? { checks } : {}),
    },
  };
}

/** The checks of a run with what each found. */
function checksOf(event: Event): Attributes[] {
  const checks = event.data?.['checks'];
  if (typeof checks !== 'object' || checks === null) return [];
  return Object.entries(checks).map(([uid, found]) => {
    const known = found === 'passed' ? PASS : found === 'failed' ? FAIL : undefined;
    return { uid, name: uid, ...(known ?? { status_id: 99, status: String(found) }) };
  });
}

/** Something was noticed: an anomaly, an incident, or a log that is not as it was signed. */
export function detection(event: Event): Attributes {
  const { activity, open } = phaseOf(event);
  const severity = event.type === 'trail.verified' ? 5 : 4;
  return {
    ...classified(detectionFinding, activity, wordOf(event), open ? severity : 1),
    ...(open ? NEW : RESOLVED),
    ...infoOf(event),
  };
}
