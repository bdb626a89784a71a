import { api, get, patch, post } from '@/lib/http/api';
import { activateAgent, retireAgent, suspendAgent } from './service/lifecycle';
import { getAgent, listAgents } from './service/read';
import { createAgent, updateAgent } from './service/write';

export const agentsApi = api('agents', [
  get('/api/agents', listAgents, { summary: 'Agents, newest first' }),
  post('/api/agents', createAgent, { summary: 'Register an agent, as a draft', status: 201 }),
  get('/api/agents/{id}', getAgent, { summary: 'One agent' }),
  patch('/api/agents/{id}', updateAgent, { summary: 'Change an agent' }),
  post('/api/agents/{id}/activate', activateAgent, { summary: 'Let an agent act' }),
  post('/api/agents/{id}/suspend', suspendAgent, { summary: 'Stop an agent at its next request' }),
  post('/api/agents/{id}/retire', retireAgent, { summary: 'End an agent and its credentials' }),
]);
