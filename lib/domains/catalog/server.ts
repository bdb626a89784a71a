export { actionTypesApi, toolsApi } from './api';
export { places } from './consistency';
export {
  createActionType,
  getActionType,
  listActionTypes,
  retireActionType,
  updateActionType,
} from './service/action-types';
export { createTool, getTool, listTools, retireTool, updateTool } from './service/tools';
export { effects, ParametersSchema, reversibilities } from './schema';
