import { randomInt } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { type Agent, connectAgent } from './agent';
import { consoleApi, itemsOf } from './console-api';
import { type Demo, exampleOf, memberOf } from './demo';
import { uniqueWord } from './refunds';

type Named = { id: string; name: string };

export type SigningWorld = {
  /** In the name of everything that is made here. */
  word: string;
  /** An agent of its own, so that its routes are for nobody else. */
  agent: string;
  /** Makes a group of approvers by the addresses of its members; gives its id. */
  group: (name: string, ...emails: string[]) => Promise<string>;
  /** Makes a route for the agent; gives its id. */
  route: (name: string, body: Record<string, unknown>) => Promise<string>;
  /** Holds a refund that waits for a group of this name. */
  hold: (group: string) => Promise<{ id: string; sentence: string; agent: Agent }>;
  /** Takes away whatever it made that others would meet. */
  clean: () => Promise<void>;
};

/** An agent whose every refund is held, sponsored by the admin. */
export async function signingWorld(demo: Demo): Promise<SigningWorld> {
  const admin = consoleApi(demo, 'admin');
  const word = uniqueWord();
  const made = async (path: string, body: unknown): Promise<string> => {
    const answer = await admin('POST', path, body);
    if (answer.status > 201) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return String(answer.body.id);
  };
  const members = await itemsOf<{ id: string; email: string }>(admin, '/api/members?limit=200');
  const memberId = (email: string) => members.find((one) => one.email === email)?.id;
  const types = await itemsOf<{ id: string; key: string }>(admin, '/api/action-types?limit=200');
  const type = types.find(({ key }) => key === 'refunds.create');
  const roleId = await made('/api/roles', { name: `signed-${word}` });
  await made('/api/permissions', { roleId, actionTypeId: type?.id, tier: 3 });
  const name = `agent-${word}`;
  const id = await made('/api/agents', {
    ...{ name, purpose: 'Pays money back in a journey.', model: 'scripted-1' },
    ...{ environment: 'production', clearance: 'Confidential' },
    sponsorId: memberId(memberOf(demo, 'admin').email),
  });
  await made(`/api/agents/${id}/roles`, { roleId });
  await made(`/api/agents/${id}/activate`, {});
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  await made('/api/credentials', {
    ...{ kind: 'key_pair', agentId: id, publicJwk: await exportJWK(publicKey) },
  });
  const client = { id, name, client_id: id, private_jwk: await exportJWK(privateKey) };
  const agent = await connectAgent(demo, client);
  const { request, session } = exampleOf(demo, 'tier3', 'refunds.create');
  const own = await agent.openSession(session);
  const held: string[] = [];

  const propose = async () => {
    const amount = (50_100 + randomInt(24_800)) / 100;
    const { status, body } = await agent.propose({
      ...{ ...request, summary: `A refund of ${word}`, why: 'A journey asks for it', session: own },
      parameters: { ...request.parameters, amount },
    });
    if (status !== 202) throw new Error(`not held: ${status} ${JSON.stringify(body)}`);
    held.push(String(body.id));
    const sentence = `Refund $${amount.toFixed(2)} on order 4821 of customer C-20931`;
    return { id: String(body.id), sentence, agent };
  };
  const removeNamed = async (path: string) => {
    const found = await itemsOf<Named>(admin, path);
    for (const one of found.filter((each) => each.name.includes(word)))
      await admin('DELETE', `${path}/${one.id}`);
  };
  return {
    ...{ word, agent: name },
    group: (called, ...emails) =>
      made('/api/approver-groups', { name: called, members: emails.map(memberId) }),
    route: (called, body) =>
      made('/api/approval-routes', { name: called, fits: { agents: [id] }, ...body }),
    hold: async (group) => {
      // The gateway hears of a route a moment after it was made; what it holds until then waits for anyone.
      for (;;) {
        const one = await propose();
        const { body } = await admin('GET', `/api/approvals/${one.id}`);
        const needs = body.needs as { group: Named | null }[];
        if (needs.some((need) => need.group?.name === group)) return one;
      }
    },
    clean: async () => {
      const approver = consoleApi(demo, 'approver');
      await removeNamed('/api/approval-routes');
      for (const one of held) {
        const { body } = await admin('GET', `/api/approvals/${one}`);
        if (body.status !== 'pending') continue;
        const reason = 'The journey is over';
        const { status } = await approver('POST', `/api/approvals/${one}/reject`, { reason });
        // What waited for a group without this approver goes by the other one, or as its time ends.
        if (status !== 200)
          await consoleApi(demo, 'approver', 1)('POST', `/api/approvals/${one}/reject`, { reason });
      }
      await removeNamed('/api/approver-groups');
    },
  };
}
