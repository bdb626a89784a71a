export { type Agent, type AgentState, agentStates, CreateAgent } from './schema';
export { type AgentFilters, agentKeys, agentPaths, agentQuery, agentsQuery } from './queries';
export { type AgentStakes } from './ui/agent-actions';
export { AgentPage, type AgentPageProps } from './ui/agent-page';
export { AgentsPage } from './ui/agents-page';
export { AgentsInRole } from './ui/agents-in-role';
