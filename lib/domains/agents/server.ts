export { agentsApi } from './api';
export { activateAgent, retireAgent, suspendAgent } from './service/lifecycle';
export { getAgent, listAgents } from './service/read';
export { createAgent, updateAgent } from './service/write';
