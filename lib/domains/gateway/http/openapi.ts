import { authzenPaths, authzenSchemas } from './authzen-openapi';
import { Alive, Readiness } from './health';
import { oauthPaths, oauthSchemas } from './oauth-openapi';
import { answers, content, type Json, problemAt, schema } from './openapi-parts';
import {
  ActionAnswer,
  ActionProblem,
  ActionRequest,
  AnswerRequest,
  LONGEST_WAIT,
  ProblemAnswer,
  SessionAnswer,
  SessionRequest,
} from '../schema';

const pathId = (name: string) => [{ name, in: 'path', required: true, schema: { type: 'string' } }];

const octets = {
  'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
};
const tileId = [...pathId('workspace'), ...pathId('index')];

/** C2SP tlog-tiles. The index is spelled `x001/x234/067`, a partial tile ends in `.p/<width>`. */
const trailPaths: Json = {
  '/trail/{workspace}/checkpoint': {
    get: {
      summary: 'The latest signed state of the log, a C2SP signed note',
      security: [],
      parameters: pathId('workspace'),
      responses: answers(
        {
          200: {
            description: 'The checkpoint',
            content: { 'text/plain': { schema: { type: 'string' } } },
          },
        },
        404,
        503,
      ),
    },
  },
  '/trail/{workspace}/tile/{level}/{index}': {
    get: {
      summary: 'Hashes of the Merkle tree',
      security: [],
      parameters: [...tileId, ...pathId('level')],
      responses: answers({ 200: { description: '32 bytes a hash', content: octets } }, 404, 503),
    },
  },
  '/trail/{workspace}/tile/entries/{index}': {
    get: {
      summary: 'Events, each after its length as a big-endian uint16',
      security: [{ access_token: [] }],
      parameters: tileId,
      responses: answers(
        { 200: { description: 'The entry bundle', content: octets } },
        401,
        403,
        404,
        410,
        503,
      ),
    },
  },
};

const healthPaths: Json = {
  '/healthz': {
    get: {
      summary: 'Whether the gateway is alive',
      security: [],
      responses: { 200: { description: 'It is', ...content('Alive') } },
    },
  },
  '/readyz': {
    get: {
      summary: 'Whether the gateway can decide and record',
      security: [],
      responses: {
        200: { description: 'It can', ...content('Readiness') },
        503: { description: 'It cannot; see problems', ...content('Readiness') },
      },
    },
  },
  '/metrics': {
    get: {
      summary: 'Counts and times for Prometheus',
      security: [],
      responses: {
        200: { description: 'Metrics', content: { 'text/plain': { schema: { type: 'string' } } } },
      },
    },
  },
  '/openapi.json': {
    get: {
      summary: 'This document',
      security: [],
      responses: {
        200: {
          description: 'OpenAPI 3.1',
          content: { 'application/json': { schema: { type: 'object' } } },
        },
      },
    },
  },
};

let document: Json | undefined;

/** The gateway's own routes in OpenAPI 3.1, from the zod schemas that parse them. */
export function openapi(issuer: string): Json {
  document ??= {
    openapi: '3.1.0',
    info: {
      title: 'Countersign gateway',
      version: '1',
      description:
        'An agent proposes an action; code decides whether it runs, waits for a person, or is denied.',
    },
    servers: [{ url: issuer }],
    security: [{ oauth: ['actions'] }],
    paths: {
      ...oauthPaths,
      ...healthPaths,
      ...trailPaths,
      ...authzenPaths,
      '/v1/sessions': {
        post: {
          summary: 'Start a session',
          requestBody: { required: true, ...content('SessionRequest') },
          responses: answers(
            { 201: { description: 'Started', ...content('Session') } },
            400,
            401,
            403,
            413,
            415,
            422,
            503,
          ),
        },
      },
      '/v1/sessions/{id}': {
        delete: {
          summary: 'End a session',
          parameters: pathId('id'),
          responses: answers({ 204: { description: 'Ended' } }, 401, 403, 404, 503),
        },
      },
      '/v1/actions': {
        post: {
          summary: 'Propose an action',
          parameters: [
            {
              name: 'Idempotency-Key',
              in: 'header',
              required: true,
              description:
                'The same key and body have the same answer, for as long as the action is kept; the same key and another body are 409.',
              schema: { type: 'string', maxLength: 200 },
            },
          ],
          requestBody: { required: true, ...content('ActionRequest') },
          responses: answers(
            {
              200: { description: 'Ran, or has ended', ...content('Action') },
              202: { description: 'Waits for a person, or is running', ...content('Action') },
              403: problemAt(403, 'ActionProblem'),
              502: problemAt(502, 'ActionProblem'),
            },
            400,
            401,
            404,
            409,
            413,
            415,
            422,
            429,
            503,
          ),
        },
      },
      '/v1/actions/{id}': {
        get: {
          summary: 'An action; with wait, once its state has changed or a question is asked',
          parameters: [
            ...pathId('id'),
            {
              name: 'wait',
              in: 'query',
              description: 'Seconds',
              schema: { type: 'integer', minimum: 0, maximum: LONGEST_WAIT },
            },
          ],
          responses: answers(
            { 200: { description: 'The action', ...content('Action') } },
            401,
            403,
            404,
            422,
            503,
          ),
        },
      },
      '/v1/actions/{id}/cancel': {
        post: {
          summary: 'Withdraw a held action',
          parameters: pathId('id'),
          responses: answers(
            { 200: { description: 'Cancelled', ...content('Action') } },
            401,
            403,
            404,
            409,
            503,
          ),
        },
      },
      '/v1/actions/{id}/answer': {
        post: {
          summary: 'Answer the question about a held action, once',
          parameters: pathId('id'),
          requestBody: { required: true, ...content('AnswerRequest') },
          responses: answers(
            { 200: { description: 'Answered; the action', ...content('Action') } },
            400,
            401,
            403,
            404,
            409,
            413,
            415,
            422,
            503,
          ),
        },
      },
    },
    components: {
      securitySchemes: {
        client_secret: {
          type: 'http',
          scheme: 'basic',
          description: "An agent's client_id and its secret",
        },
        access_token: {
          type: 'http',
          scheme: 'bearer',
          description: "A member's personal access token (cst_pat_…)",
        },
        oauth: {
          type: 'oauth2',
          flows: {
            clientCredentials: {
              tokenUrl: `${issuer}/oauth/token`,
              scopes: { actions: 'Propose actions' },
            },
          },
        },
      },
      schemas: {
        ...authzenSchemas,
        ...oauthSchemas,
        SessionRequest: schema(SessionRequest, 'input'),
        Session: schema(SessionAnswer),
        ActionRequest: schema(ActionRequest, 'input'),
        AnswerRequest: schema(AnswerRequest, 'input'),
        Action: schema(ActionAnswer),
        Problem: schema(ProblemAnswer),
        ActionProblem: schema(ActionProblem),
        Alive: schema(Alive),
        Readiness: schema(Readiness),
      },
    },
  };
  return document;
}
