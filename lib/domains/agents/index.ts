export { type Agent, type AgentState, agentStates, CreateAgent, environments } from './schema';
export { type AgentFilters, agentKeys, agentPaths, agentQuery, agentsQuery } from './queries';
