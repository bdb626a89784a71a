export { agentsApi } from './api';
export { CreateAgent } from './schema';
export { agentAbilities } from './policy';
export { activateAgent, retireAgent, suspendAgent } from './service/lifecycle';
export { getAgent, listAgents } from './service/read';
export { formerSponsors, sponsoredSince } from './sponsors';
export { createAgent, updateAgent } from './service/write';
