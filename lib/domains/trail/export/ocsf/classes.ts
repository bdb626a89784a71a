/** The OCSF 1.8 event classes that trail events become, with the names of their activities. */
export interface EventClass {
  uid: number;
  name: string;
  category: { uid: number; name: string };
  activities: Record<number, string>;
}

const iam = { uid: 3, name: 'Identity & Access Management' };
const findings = { uid: 2, name: 'Findings' };

export const OTHER = 99;

export const apiActivity: EventClass = {
  uid: 6003,
  name: 'API Activity',
  category: { uid: 6, name: 'Application Activity' },
  activities: { 1: 'Create', 2: 'Read', 3: 'Update', 4: 'Delete' },
};

export const accountChange: EventClass = {
  uid: 3001,
  name: 'Account Change',
  category: iam,
  activities: {
    1: 'Create',
    2: 'Enable',
    3: 'Password Change',
    5: 'Disable',
    10: 'MFA Factor Enable',
    11: 'MFA Factor Disable',
  },
};

export const authentication: EventClass = {
  uid: 3002,
  name: 'Authentication',
  category: iam,
  activities: { 1: 'Logon', 2: 'Logoff', 3: 'Authentication Ticket' },
};

export const entityManagement: EventClass = {
  uid: 3004,
  name: 'Entity Management',
  category: iam,
  activities: {
    1: 'Create',
    2: 'Read',
    3: 'Update',
    4: 'Delete',
    8: 'Enable',
    9: 'Disable',
    10: 'Activate',
    11: 'Deactivate',
    12: 'Suspend',
    13: 'Resume',
  },
};

export const userAccess: EventClass = {
  uid: 3005,
  name: 'User Access Management',
  category: iam,
  activities: { 1: 'Assign Privileges', 2: 'Revoke Privileges' },
};

export const groupManagement: EventClass = {
  uid: 3006,
  name: 'Group Management',
  category: iam,
  activities: { 1: 'Assign Privileges', 2: 'Revoke Privileges', 5: 'Delete', 6: 'Create' },
};

export const complianceFinding: EventClass = {
  uid: 2003,
  name: 'Compliance Finding',
  category: findings,
  activities: { 1: 'Create', 2: 'Update', 3: 'Close' },
};

export const detectionFinding: EventClass = {
  uid: 2004,
  name: 'Detection Finding',
  category: findings,
  activities: { 1: 'Create', 2: 'Update', 3: 'Close' },
};

const severities = ['Unknown', 'Informational', 'Low', 'Medium', 'High', 'Critical'];

/** The members that say which class and activity an event is, and how grave. */
export function classified(
  { uid, name, category, activities }: EventClass,
  activity: number,
  word: string,
  severity: number,
) {
  const activityName = activities[activity] ?? word;
  return {
    category_uid: category.uid,
    category_name: category.name,
    class_uid: uid,
    class_name: name,
    activity_id: activity,
    activity_name: activityName,
    type_uid: uid * 100 + activity,
    type_name: `${name}: ${activity === OTHER ? 'Other' : activityName}`,
    severity_id: severity,
    severity: severities[severity],
  };
}
