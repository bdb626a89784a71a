import { api, del, get, patch, post } from '@/lib/http/api';
import {
  createDataAsset,
  getDataAsset,
  listDataAssets,
  retireDataAsset,
  updateDataAsset,
} from './service/assets';
import {
  createDataField,
  listDataFields,
  removeDataField,
  updateDataField,
} from './service/fields';
import { confirmImport, proposeImport } from './service/import';
import { cancelImport, getImport, startImport } from './service/database';
import { getActionTypeData, setActionTypeData } from './service/links';

export const dataAssetsApi = api('data-assets', [
  get('/api/data-assets', listDataAssets, { summary: 'Data assets, newest first' }),
  post('/api/data-assets', createDataAsset, { summary: 'Add a data asset', status: 201 }),
  get('/api/data-assets/fields', listDataFields, { summary: 'Fields of all data assets' }),
  post('/api/data-assets/import', proposeImport, {
    summary: 'Propose classifications for a JSON Schema or the columns of a PostgreSQL schema',
  }),
  post('/api/data-assets/import/confirm', confirmImport, {
    summary: 'Store the classifications that a person confirmed',
  }),
  post('/api/data-assets/import/database', startImport, {
    summary: 'Look into a PostgreSQL database whose connection string is in the vault',
    status: 202,
  }),
  get('/api/data-assets/import/{importId}', getImport, {
    summary: 'How far a database has been looked into, and what is proposed of it',
  }),
  post('/api/data-assets/import/{importId}/cancel', cancelImport, {
    summary: 'Stop looking into a database',
  }),
  get('/api/data-assets/{id}', getDataAsset, { summary: 'One data asset with its fields' }),
  patch('/api/data-assets/{id}', updateDataAsset, { summary: 'Change a data asset' }),
  post('/api/data-assets/{id}/retire', retireDataAsset, { summary: 'End a data asset' }),
  post('/api/data-assets/{id}/fields', createDataField, { summary: 'Add a field', status: 201 }),
  patch('/api/data-assets/{id}/fields/{fieldId}', updateDataField, { summary: 'Change a field' }),
  del('/api/data-assets/{id}/fields/{fieldId}', removeDataField, { summary: 'Remove a field' }),
]);

export const actionTypeDataApi = api('action-types', [
  get('/api/action-types/{id}/data', getActionTypeData, {
    summary: 'The fields that an action type touches, and what it counts as',
  }),
  post('/api/action-types/{id}/data', setActionTypeData, {
    summary: 'Link parameters and parts of the result to fields',
  }),
]);
