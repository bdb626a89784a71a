import { api, get, patch, post } from '@/lib/http/api';
import {
  createActionType,
  getActionType,
  listActionTypes,
  retireActionType,
  updateActionType,
} from './service/action-types';
import { createTool, getTool, listTools, retireTool, updateTool } from './service/tools';

export const toolsApi = api('tools', [
  get('/api/tools', listTools, { summary: 'Tools, newest first' }),
  post('/api/tools', createTool, { summary: 'Register a tool', status: 201 }),
  get('/api/tools/{id}', getTool, { summary: 'One tool' }),
  patch('/api/tools/{id}', updateTool, { summary: 'Change a tool' }),
  post('/api/tools/{id}/retire', retireTool, { summary: 'End a tool' }),
]);

export const actionTypesApi = api('action-types', [
  get('/api/action-types', listActionTypes, { summary: 'Action types, newest first' }),
  post('/api/action-types', createActionType, { summary: 'Add an action type', status: 201 }),
  get('/api/action-types/{id}', getActionType, { summary: 'One action type' }),
  patch('/api/action-types/{id}', updateActionType, { summary: 'Change an action type' }),
  post('/api/action-types/{id}/retire', retireActionType, { summary: 'End an action type' }),
]);
