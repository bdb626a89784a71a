import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { agentPermissions } from '@/lib/domains/access/server';
import { createTool } from '@/lib/domains/catalog/server';
import { classifications } from '@/lib/domains/classification';
import { inWorkspace } from '@/lib/infra/db';
import { applyConfiguration } from './service/apply';
import { getTemplate, listTemplates, planTemplate } from './service/templates';
import { grantedBy, type Template, templates } from './template';
import { as, emptyWorld, filesOf, richWorld, type World } from './test/rich';

const rank = (level: string) => classifications.findIndex((one) => one === level);

async function withTool(): Promise<World> {
  const world = await emptyWorld();
  const tool = { name: 'systems', baseUrl: 'http://127.0.0.1:9', auth: { type: 'none' } };
  await createTool(as(world), tool);
  return world;
}

const choices = (template: string, more: object = {}) => ({
  ...{ template, name: 'made', model: 'model-1', tool: 'systems' },
  ...more,
});

describe('the templates', () => {
  it('are a dozen, each in a file of its name', async () => {
    const folder = path.join(import.meta.dirname, 'templates');
    const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
    expect(templates.map(({ id }) => `${id}.json`)).toEqual(files.toSorted());
    expect(files.length).toBeGreaterThanOrEqual(12);
    const { items } = await listTemplates(as(await emptyWorld()), {});
    expect(items.map(({ id }) => id)).toEqual(templates.map(({ id }) => id));
  });

  it.each(templates.map((one): [string, Template] => [one.id, one]))(
    '%s grants what it can use, with limits, and nothing outward or final alone',
    (_, template) => {
      const types = new Map(template.actionTypes.map((type) => [type.key, type]));
      for (const { permissions } of template.roles) {
        for (const { action, tier, ladder, limits } of permissions) {
          const type = types.get(action);
          expect(type).toBeDefined();
          expect(Object.keys(limits)).not.toEqual([]);
          const reached = template.dataAssets
            .flatMap(({ fields }) => fields)
            .filter(({ links }) => links.some(({ actionType }) => actionType === action))
            .map(({ classification }) => rank(classification));
          const highest = Math.max(rank(type?.classification ?? ''), ...reached);
          expect(highest).toBeLessThanOrEqual(rank(template.agent.clearance));
          if (type?.effects.includes('external_communication')) expect(tier).toBe(3);
          if (type?.effects.includes('financial')) expect(ladder ?? tier).not.toBe(1);
          if (type?.reversibility === 'irreversible') expect(tier).toBe(3);
        }
      }
    },
  );

  it.each(templates.map(({ id }) => id))('%s makes an agent in an empty workspace', async (id) => {
    const world = await withTool();
    const before = await filesOf(world);
    const { files, plan } = await planTemplate(as(world), choices(id));
    expect(await filesOf(world)).toEqual(before);
    await applyConfiguration(as(world), { files, digest: plan.digest });
    expect(await filesOf(world)).toEqual(files);
    const agent = await inWorkspace(world.workspace, (tx) =>
      tx.agent.findFirstOrThrow({ where: { name: 'made' } }),
    );
    expect(agent.state).toBe('draft');
    const { items } = await agentPermissions(as(world), { id: agent.id });
    const template = templates.find((one) => one.id === id);
    expect(new Set(items.map(({ actionType }) => actionType.key))).toEqual(
      template && grantedBy(template),
    );
    // Nothing but that it is a draft stands against it.
    expect(new Set(items.map(({ blocked }) => blocked))).toEqual(new Set(['The agent is draft.']));
    const shown = await getTemplate(as(world), { id });
    expect(shown.threatModel.threats.length).toBeGreaterThanOrEqual(4);
  });
});

describe('an agent of a template', () => {
  it('uses the action types of the workspace, and leaves its roles alone', async () => {
    const world = await richWorld();
    const before = await filesOf(world);
    const mapping = { actionTypes: { 'refunds.create': 'refunds.create' } };
    const own = choices('refund-handling', { tool: 'orders', ...mapping });
    // The workspace's refund has no customer_id, which the template's condition asks for.
    await expect(planTemplate(as(world), own)).rejects.toMatchObject({
      code: 'invalid_configuration',
      extra: {
        problems: [
          expect.objectContaining({
            file: 'roles/refund-handler.json',
            field: expect.stringMatching(/^permissions\[\d\]\.condition$/),
          }),
        ],
      },
    });
    const support = choices('monitoring', {
      tool: 'orders',
      actionTypes: { 'logs.search': '%63on.read' },
    });
    await expect(planTemplate(as(world), support)).rejects.toMatchObject({ status: 422 });
    const mapped = { ...support, actionTypes: { 'logs.search': 'con.read' } };
    const { files, plan } = await planTemplate(as(world), mapped);
    expect(plan.changes.every(({ kind }) => kind === 'added')).toBe(true);
    expect(files).toMatchObject(before);
    expect(files['roles/watcher.json']).toContain('"action": "con.read"');
    expect(files).not.toHaveProperty(['action-types/logs.search.json']);
    await applyConfiguration(as(world), { files, digest: plan.digest });
    // A second one shares its roles; where they were changed, it gets its own.
    const again = await planTemplate(as(world), { ...mapped, name: 'second' });
    expect(again.plan.changes.map(({ file }) => file)).toEqual(['agents/second.json']);
    const other = await planTemplate(as(world), { ...mapped, name: 'third', actionTypes: {} });
    expect(other.plan.changes.map(({ file }) => file)).toEqual([
      'action-types/logs.search.json',
      'roles/watcher-2.json',
      'agents/third.json',
    ]);
  });

  it('is refused with the field that is wrong', async () => {
    const world = await withTool();
    const refused = (more: object) =>
      planTemplate(as(world), choices('coding', more)).catch((error: unknown) => error);
    expect(await refused({ tool: null })).toMatchObject({ errors: [{ field: 'tool' }] });
    expect(await refused({ tool: 'none' })).toMatchObject({ errors: [{ field: 'tool' }] });
    expect(await refused({ template: 'none' })).toMatchObject({ status: 404 });
    expect(await refused({ actionTypes: { 'x.y': 'z.z' } })).toMatchObject({
      errors: [{ field: 'actionTypes.x.y' }, { field: 'actionTypes.x.y' }],
    });
    await expect(planTemplate(as(world, ['auditor']), choices('coding'))).rejects.toMatchObject({
      status: 403,
    });
    expect(Object.keys(await filesOf(world))).toEqual(['tools/systems.json', 'workspace.json']);
  });
});
