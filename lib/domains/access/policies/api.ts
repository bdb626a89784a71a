import { api, get, post } from '@/lib/http/api';
import {
  createDraft,
  discardDraft,
  editDraft,
  getDraft,
  listDrafts,
  publishDraft,
} from './service/drafts';
import { getVersion, listVersions, rollbackVersion } from './service/versions';

export const policiesApi = api('policies', [
  get('/api/policies/drafts', listDrafts, { summary: 'Drafts, newest first' }),
  post('/api/policies/drafts', createDraft, { summary: 'Begin a draft', status: 201 }),
  get('/api/policies/drafts/{id}', getDraft, { summary: 'One draft, with what it would change' }),
  post('/api/policies/drafts/{id}/edit', editDraft, { summary: 'Change one thing of a draft' }),
  post('/api/policies/drafts/{id}/discard', discardDraft, { summary: 'Give a draft up' }),
  post('/api/policies/{id}/publish', publishDraft, { summary: 'Make a draft hold' }),
  get('/api/policies', listVersions, { summary: 'Versions, newest first' }),
  get('/api/policies/{version}', getVersion, {
    summary: 'One version, with what going back changes',
  }),
  post('/api/policies/{version}/rollback', rollbackVersion, {
    summary: 'Make what a version decided hold again',
  }),
]);
