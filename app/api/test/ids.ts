/** The ids that requests are filled with. */
import { newId } from '@/lib/kernel/ids';

/** One of everything that has an id in a workspace. */
export interface Ids {
  agent: string;
  credential: string;
  tool: string;
  actionType: string;
  dataAsset: string;
  dataField: string;
  dataImport: string;
  role: string;
  permission: string;
  cedarPolicy: string;
  policyVersion: string;
  policyDraft: string;
  finding: string;
  explanation: string;
  campaign: string;
  campaignItem: string;
  session: string;
  action: string;
  held: string;
  question: string;
  approverGroup: string;
  approvalRoute: string;
  delegation: string;
  approvalGrant: string;
  sample: string;
  reviewFinding: string;
  secret: string;
  rotation: string;
  member: string;
  memberSession: string;
  token: string;
  passkey: string;
  invitation: string;
  event: string;
  payloadKey: string;
  verification: string;
  hold: string;
  export: string;
  sink: string;
  savedSearch: string;
  notificationChannel: string;
  /** Another approver, to stand in for one. */
  deputy: string;
}

export type Kind = keyof Ids;

const prefixes: Record<Kind, string> = {
  agent: 'agt',
  credential: 'crd',
  tool: 'tol',
  actionType: 'aty',
  dataAsset: 'ast',
  dataField: 'fld',
  dataImport: 'dim',
  role: 'rol',
  permission: 'prm',
  cedarPolicy: 'cpl',
  policyVersion: 'pvr',
  policyDraft: 'pdr',
  finding: 'afd',
  explanation: 'xpl',
  campaign: 'cmp',
  campaignItem: 'cit',
  session: 'ses',
  action: 'act',
  held: 'act',
  question: 'qst',
  approverGroup: 'grp',
  approvalRoute: 'rte',
  delegation: 'dlg',
  approvalGrant: 'gnt',
  sample: 'smp',
  reviewFinding: 'rfd',
  secret: 'sec',
  rotation: 'rot',
  member: 'mbr',
  memberSession: 'mss',
  token: 'pat',
  passkey: 'pky',
  invitation: 'inv',
  event: 'evt',
  payloadKey: 'tky',
  verification: 'vrf',
  hold: 'lgh',
  export: 'exp',
  sink: 'snk',
  savedSearch: 'sav',
  notificationChannel: 'nch',
  deputy: 'mbr',
};

/** Ids of the right form that nothing has. */
export function nobodys(): Ids {
  const made = Object.entries(prefixes).map(([kind, prefix]) => [kind, newId(prefix)]);
  return Object.fromEntries(made) as Ids;
}

/** What an id with this prefix names. */
export function kindOf(prefix: string): Kind {
  const found = Object.entries(prefixes).find(([, own]) => own === prefix)?.[0];
  if (!found) throw new Error(`No workspace of the tests has an id that begins with ${prefix}_`);
  return found as Kind;
}
