import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, HumanMessage, SystemMessage, type BaseMessage } from '@langchain/core/messages';
import type { StructuredTool } from '@langchain/core/tools';
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { ToolNode } from '@langchain/langgraph/prebuilt';
import type { AgentRole } from './config';

const PROMPTS: Readonly<Record<AgentRole, string>> = {
  'customer-support':
    'You are Northwind Support. Answer customers, correct addresses, write letters.',
  'refund-handler': 'You handle refunds at Northwind. Look at the order before you pay money back.',
  'privacy-desk': 'You are the privacy desk of Northwind. Serve access and deletion requests.',
  'order-analyst': 'You analyse orders at Northwind. You only read.',
};

/** One turn of the model, for those who record it. */
export interface ModelTurn {
  prompt: BaseMessage[];
  reply: AIMessage;
  milliseconds: number;
}

/** Runs an agent once: model, then the tools it asks for, until it asks for none. */
export async function runAgent(options: {
  role: AgentRole;
  ticket: string;
  model: BaseChatModel;
  tools: StructuredTool[];
  onTurn: (turn: ModelTurn) => void;
}): Promise<string> {
  const { model, tools, onTurn } = options;
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('model', async ({ messages }) => {
      const started = performance.now();
      const reply = await model.invoke(messages);
      onTurn({ prompt: messages, reply, milliseconds: performance.now() - started });
      return { messages: [reply] };
    })
    // An error of a tool ends the run: the agent must not go on as if it had been answered.
    .addNode('tools', new ToolNode(tools, { handleToolErrors: false }))
    .addEdge(START, 'model')
    .addConditionalEdges('model', ({ messages }) => (asksForTools(messages.at(-1)) ? 'tools' : END))
    .addEdge('tools', 'model')
    .compile();
  const messages = [new SystemMessage(PROMPTS[options.role]), new HumanMessage(options.ticket)];
  const final = await graph.invoke({ messages });
  return final.messages.at(-1)?.text ?? '';
}

function asksForTools(message: BaseMessage | undefined): boolean {
  return AIMessage.isInstance(message) && (message.tool_calls?.length ?? 0) > 0;
}
