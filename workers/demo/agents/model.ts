import { BaseChatModel, type BindToolsInput } from '@langchain/core/language_models/chat_models';
import { AIMessage, ToolMessage, type BaseMessage } from '@langchain/core/messages';
import type { ChatResult } from '@langchain/core/outputs';
import { random } from '../random';
import type { Observation, Script, Task } from './script';

/**
 * A chat model that plays a script. Its answer depends on the seed and the conversation alone:
 * each turn replays the script from the start, feeding it the tool messages so far.
 */
export class ScriptedChatModel extends BaseChatModel {
  readonly #script: Script;
  readonly #task: Task;
  readonly #seed: string;

  constructor(script: Script, task: Task, seed: string) {
    super({ disableStreaming: true });
    this.#script = script;
    this.#task = task;
    this.#seed = seed;
  }

  override _llmType(): string {
    return 'scripted';
  }

  /** The script knows the tools by name, so nothing has to be told to it. */
  override bindTools(_tools: BindToolsInput[]): this {
    return this;
  }

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const seen = messages.filter((message) => ToolMessage.isInstance(message)).map(observationIn);
    const play = this.#script(this.#task, random(this.#seed));
    let turn = play.next();
    for (const observation of seen) {
      if (!turn.done) turn = play.next(observation);
    }
    const text = turn.done ? turn.value : turn.value.say;
    const calls = turn.done
      ? []
      : [
          {
            id: `call_${seen.length + 1}`,
            name: turn.value.tool,
            args: { ...turn.value.parameters, summary: turn.value.summary, why: turn.value.why },
          },
        ];
    const usage = {
      input_tokens: tokens(messages.map((message) => message.text).join(' ')),
      output_tokens: tokens(text + JSON.stringify(calls)),
    };
    const message = new AIMessage({
      content: text,
      tool_calls: calls,
      usage_metadata: { ...usage, total_tokens: usage.input_tokens + usage.output_tokens },
    });
    return { generations: [{ text, message }], llmOutput: {} };
  }
}

function observationIn(message: ToolMessage): Observation {
  return JSON.parse(message.text);
}

/** Four characters a token, the usual rule of thumb. */
function tokens(text: string): number {
  return Math.ceil(text.length / 4);
}
