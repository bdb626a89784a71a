import { inWorkspace } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { type Operation, verb } from '@/lib/kernel/verb';
import { testMessage } from '../message/message';
import { manageChannels } from '../policy';
import { findMember, loadChannel, loadWorkspace } from '../repo';
import { ChannelRef, type ChannelView, Tested } from '../schema';
import { opened } from '../secrets';
import { send } from '../transport';

const TEST = 'notification_channel.tested';

/** Records that a test is sent, before it leaves. */
const note = verb({
  name: 'notification_channels.test',
  input: ChannelRef,
  output: ChannelRef,
  permit: manageChannels,
  run: async ({ input, tx, event }) => {
    const { id, name, kind } = await loadChannel(tx, input.id);
    event({ type: TEST, object: { type: 'notification_channel', id }, data: { name, kind } });
    return input;
  },
});

async function perform(ctx: Context, raw: unknown): Promise<Tested> {
  const { id } = await note(ctx, raw);
  const { to, message } = await inWorkspace(
    ctx.workspace,
    async (tx) => {
      const channel = await loadChannel(tx, id);
      const me = await findMember(tx, ctx.actor.id);
      const workspace = await loadWorkspace(tx, ctx.workspace);
      const now = clock.now();
      const kind = channel.kind as ChannelView['kind'];
      return {
        to: { kind, to: me?.email ?? '', ...(await opened(tx, channel, now)) },
        message: testMessage(newId('ntf'), channel.name, workspace, now),
      };
    },
    { readOnly: true },
  );
  const { delivered, error = null } = await send(to, message);
  return { delivered, error };
}

/** Sends one message now, by mail to who asks; says what was answered. */
export const testChannel: Operation<typeof ChannelRef, typeof Tested> = Object.assign(perform, {
  kind: 'verb' as const,
  operation: 'notification_channels.test',
  input: ChannelRef,
  output: Tested,
});
