/** AuthZEN's routes in the gateway's OpenAPI document, from the schemas that parse them. */
import {
  ActionSearch,
  ActionsFound,
  Decision,
  Decisions,
  EntitiesFound,
  Evaluation,
  Evaluations,
  Metadata,
  ResourceSearch,
  SubjectSearch,
} from '../authzen/schema';
import { AUTHZEN_PATHS } from './authzen-paths';
import { AccessRequest, Cancellation, TaskAnswer } from '../authzen/request/schema';
import { answers, content, type Json, schema } from './openapi-parts';

const asked = (summary: string, request: string, answer: Json): Json => ({
  post: {
    summary,
    security: [{ access_token: [] }, { oauth: ['actions'] }],
    parameters: [
      {
        name: 'X-Request-ID',
        in: 'header',
        description: 'Is in the answer as well.',
        schema: { type: 'string' },
      },
    ],
    requestBody: { required: true, ...content(request) },
    responses: answers({ 200: { description: 'The answer', ...answer } }, 400, 401, 403, 413, 503),
  },
});

const either = (...names: string[]) => ({
  content: {
    'application/json': {
      schema: { anyOf: names.map((name) => ({ $ref: `#/components/schemas/${name}` })) },
    },
  },
});

const task = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'The task; use the addresses that its handle has.',
  schema: { type: 'string' },
};
const security = [{ access_token: [] }, { oauth: ['actions'] }];

/** AuthZEN Access Request and Approval Profile. */
const requestPaths: Json = {
  [AUTHZEN_PATHS.requests]: {
    post: {
      summary: 'Ask people to approve what was denied for want of one',
      security,
      parameters: [
        {
          name: 'Idempotency-Key',
          in: 'header',
          description:
            'The same key and body have the same task, for as long as it is kept; the same key and another body are 409.',
          schema: { type: 'string', maxLength: 200 },
        },
      ],
      requestBody: { required: true, ...content('AccessRequest') },
      responses: answers(
        { 202: { description: 'Waits for a person', ...content('AccessRequestTask') } },
        400,
        401,
        403,
        409,
        410,
        413,
        429,
        503,
      ),
    },
  },
  [`${AUTHZEN_PATHS.requests}/{id}`]: {
    get: {
      summary: 'How far it is; when approved, with what to evaluate again',
      security,
      parameters: [task],
      responses: answers(
        { 200: { description: 'The task', ...content('AccessRequestTask') } },
        401,
        403,
        404,
        410,
        503,
      ),
    },
  },
  [`${AUTHZEN_PATHS.requests}/{id}/cancel`]: {
    post: {
      summary: 'Withdraw it; DELETE does the same',
      security,
      parameters: [task],
      requestBody: { required: false, ...content('Cancellation') },
      responses: answers(
        { 200: { description: 'Cancelled', ...content('AccessRequestTask') } },
        400,
        401,
        403,
        404,
        409,
        410,
        413,
        503,
      ),
    },
  },
};

export const authzenPaths: Json = {
  '/.well-known/authzen-configuration': {
    get: {
      summary: 'Where AuthZEN asks',
      security: [],
      responses: { 200: { description: 'The endpoints', ...content('AuthzenMetadata') } },
    },
  },
  [AUTHZEN_PATHS.evaluation]: asked(
    'Whether a subject may do an action on a resource',
    'Evaluation',
    content('Decision'),
  ),
  [AUTHZEN_PATHS.evaluations]: asked(
    'The same of several; without evaluations, of one',
    'Evaluations',
    either('Decisions', 'Decision'),
  ),
  [AUTHZEN_PATHS.subject]: asked('Who may', 'SubjectSearch', content('EntitiesFound')),
  [AUTHZEN_PATHS.resource]: asked('On what', 'ResourceSearch', content('EntitiesFound')),
  [AUTHZEN_PATHS.action]: asked('What they may do', 'ActionSearch', content('ActionsFound')),
  ...requestPaths,
};

export const authzenSchemas: Json = {
  Evaluation: schema(Evaluation, 'input'),
  Evaluations: schema(Evaluations.partial({ evaluations: true }), 'input'),
  Decision: schema(Decision),
  Decisions: schema(Decisions),
  SubjectSearch: schema(SubjectSearch, 'input'),
  ResourceSearch: schema(ResourceSearch, 'input'),
  ActionSearch: schema(ActionSearch, 'input'),
  EntitiesFound: schema(EntitiesFound),
  ActionsFound: schema(ActionsFound),
  AuthzenMetadata: schema(Metadata),
  AccessRequest: schema(AccessRequest, 'input'),
  AccessRequestTask: schema(TaskAnswer),
  Cancellation: schema(Cancellation, 'input'),
};
