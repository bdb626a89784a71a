import { actionTypeKind } from './action-types';
import { agentKind } from './agents';
import { approvalRoutesKind } from './approval-routes';
import { approverGroupKind } from './approver-groups';
import { cedarKind } from './cedar';
import { dataAssetKind } from './data-assets';
import { entitiesKind } from './entities';
import type { Kind } from './kind';
import { roleKind } from './roles';
import { secretKind } from './secrets';
import { toolKind } from './tools';
import { workspaceKind } from './workspace';

// A list of kinds holds documents of different shapes, which only their own kind ever looks into.
const erased = <D>(kind: Kind<D>): Kind => kind as unknown as Kind;

/** Every kind, each after those that it names; what is removed goes in the opposite order. */
export const kinds: readonly Kind[] = [
  erased(workspaceKind),
  erased(secretKind),
  erased(toolKind),
  erased(actionTypeKind),
  erased(dataAssetKind),
  erased(roleKind),
  erased(agentKind),
  erased(cedarKind),
  erased(entitiesKind),
  erased(approverGroupKind),
  erased(approvalRoutesKind),
];
