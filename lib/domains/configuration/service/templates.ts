import { z } from 'zod';
import { query, verb } from '@/lib/kernel/verb';
import { instantiate } from '../instantiate';
import { printAll, readCurrent } from '../perform';
import { PLAN_TIMEOUT_MS } from '../plan';
import { manageConfiguration, readConfiguration } from '../policy';
import { loadTemplate, templates, viewTemplate } from '../template';
import {
  PlannedTemplate,
  PlanTemplate,
  TemplateList,
  TemplateRef,
  TemplateView,
} from '../template-schema';
import { tryPlan } from './plan';

export const listTemplates = query({
  name: 'templates.list',
  input: z.strictObject({}),
  output: TemplateList,
  permit: readConfiguration,
  run: async () => ({
    items: templates.map(({ id, title, summary }) => ({ id, title, summary })),
  }),
});

export const getTemplate = query({
  name: 'templates.get',
  input: TemplateRef,
  output: TemplateView,
  permit: readConfiguration,
  run: async ({ input }) => viewTemplate(loadTemplate(input.id)),
});

/** What making an agent of a template would change, with the files that do it when applied. */
export const planTemplate = verb({
  name: 'templates.plan',
  input: PlanTemplate,
  output: PlannedTemplate,
  permit: manageConfiguration,
  timeoutMs: PLAN_TIMEOUT_MS,
  run: async ({ ctx, input, tx, event }) => {
    const template = loadTemplate(input.template);
    const current = printAll(await readCurrent(tx));
    const files = instantiate(current, template, input);
    return { files, plan: await tryPlan({ ctx, tx, event }, files) };
  },
});
