export { actionTypesApi, toolsApi } from './api';
export { closed, places } from './consistency';
export {
  createActionType,
  getActionType,
  listActionTypes,
  restoreActionType,
  retireActionType,
  updateActionType,
} from './service/action-types';
export {
  createTool,
  getTool,
  listTools,
  restoreTool,
  retireTool,
  updateTool,
} from './service/tools';
export { CreateActionType, CreateTool, effects, ParametersSchema, reversibilities } from './schema';
