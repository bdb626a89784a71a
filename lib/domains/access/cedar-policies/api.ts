import { api, del, get, patch, post } from '@/lib/http/api';
import { listEntities, putEntity, removeEntity } from './service/entities';
import {
  checkCedarPolicy,
  createCedarPolicy,
  getCedarPolicy,
  listCedarPolicies,
  removeCedarPolicy,
  updateCedarPolicy,
} from './service/policies';
import { getCedarSchema, putCedarSchema } from './service/schema';

export const cedarPoliciesApi = api('cedar-policies', [
  get('/api/cedar-policies', listCedarPolicies, { summary: 'Policies by hand, newest first' }),
  post('/api/cedar-policies', createCedarPolicy, { summary: 'Add policies by hand', status: 201 }),
  post('/api/cedar-policies/check', checkCedarPolicy, {
    summary: 'What is wrong with a text, and how Cedar lays it out',
  }),
  get('/api/cedar-policies/{id}', getCedarPolicy, { summary: 'One text of policies' }),
  patch('/api/cedar-policies/{id}', updateCedarPolicy, { summary: 'Rename or rewrite policies' }),
  del('/api/cedar-policies/{id}', removeCedarPolicy, { summary: 'Take policies away' }),
]);

export const cedarSchemaApi = api('cedar-schema', [
  get('/api/cedar-schema', getCedarSchema, { summary: 'The declared entity types and actions' }),
  post('/api/cedar-schema', putCedarSchema, { summary: 'Declare entity types and actions' }),
]);

export const entitiesApi = api('entities', [
  get('/api/entities', listEntities, { summary: 'Entities of declared types, by type and id' }),
  post('/api/entities', putEntity, { summary: 'Make an entity, or make it what is given' }),
  del('/api/entities/{type}/{id}', removeEntity, { summary: 'Take an entity away' }),
]);
