import { exportJWK, generateKeyPair } from 'jose';
import { type Agent, type Answer, connectAgent } from './agent';
import { consoleApi, itemsOf } from './console-api';
import { type Demo, exampleOf, memberOf } from './demo';
import { uniqueWord } from './refunds';

export type RefundWorld = {
  /** Of a role that grants far more than is used of it. */
  role: string;
  /** The agent's id and name. */
  id: string;
  name: string;
  agent: Agent;
  /** Proposes a refund that is told apart by its summary. */
  propose: (amount: number) => Promise<Answer>;
  summary: string;
};

/** A role of its own with wide refunds, and an agent that has used little of it. */
export async function refundWorld(demo: Demo): Promise<RefundWorld> {
  const admin = consoleApi(demo, 'admin');
  const word = uniqueWord();
  const role = `wide-${word}`;
  const made = async (path: string, body: unknown): Promise<Answer['body']> => {
    const answer = await admin('POST', path, body);
    if (answer.status > 201) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const types = await itemsOf<{ id: string; key: string }>(admin, '/api/action-types?limit=200');
  const type = types.find(({ key }) => key === 'refunds.create');
  const members = await itemsOf<{ id: string; email: string }>(admin, '/api/members');
  const sponsor = members.find(({ email }) => email === memberOf(demo, 'admin').email);
  const { id: roleId } = await made('/api/roles', { name: role });
  await made('/api/permissions', {
    ...{ roleId, actionTypeId: type?.id },
    ladder: { parameter: 'amount', autonomous: 60, supervised: 5_000, gated: 20_000 },
  });
  const { id } = await made('/api/agents', {
    ...{ name: `agent-${word}`, purpose: 'Pays money back in a journey.', model: 'scripted-1' },
    ...{ environment: 'production', clearance: 'Confidential', sponsorId: sponsor?.id },
  });
  await made(`/api/agents/${String(id)}/roles`, { roleId });
  await made(`/api/agents/${String(id)}/activate`, {});
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  await made('/api/credentials', {
    ...{ kind: 'key_pair', agentId: id, publicJwk: await exportJWK(publicKey) },
  });
  const client = { id: String(id), name: role, client_id: String(id) };
  const agent = await connectAgent(demo, { ...client, private_jwk: await exportJWK(privateKey) });
  const { request, session } = exampleOf(demo, 'tier3', 'refunds.create');
  const own = await agent.openSession(session);
  const summary = `A refund of ${word}`;
  const propose = (amount: number) =>
    agent.propose({
      ...{ ...request, summary, why: 'A journey asks for it', session: own },
      parameters: { ...request.parameters, amount },
    });
  return { role, id: client.id, name: `agent-${word}`, agent, propose, summary };
}
