import { api, get, post } from '@/lib/http/api';
import { applyConfiguration } from './service/apply';
import { exportConfiguration } from './service/export';
import { planConfiguration } from './service/plan';
import { getTemplate, listTemplates, planTemplate } from './service/templates';

/** A whole configuration in one body. */
const bodyLimit = 8_000_000;

export const configurationApi = api('configuration', [
  get('/api/configuration', exportConfiguration, {
    summary: "The workspace's configuration as files",
  }),
  post('/api/configuration/plan', planConfiguration, {
    summary: 'What files would change; nothing is changed',
    bodyLimit,
  }),
  post('/api/configuration/apply', applyConfiguration, {
    summary: 'Make the workspace what files say, as it was planned',
    bodyLimit,
  }),
]);

export const templatesApi = api('templates', [
  get('/api/templates', listTemplates, { summary: 'Templates of standard agents' }),
  post('/api/templates/plan', planTemplate, {
    summary: 'What making an agent of a template would change, and the files to apply',
  }),
  get('/api/templates/{id}', getTemplate, { summary: 'One template: what it brings, and why' }),
]);
