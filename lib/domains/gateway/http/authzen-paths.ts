/** Where AuthZEN Authorization API 1.0 and its Access Request and Approval Profile have their endpoints. */
export const AUTHZEN_PATHS = {
  evaluation: '/access/v1/evaluation',
  evaluations: '/access/v1/evaluations',
  subject: '/access/v1/search/subject',
  resource: '/access/v1/search/resource',
  action: '/access/v1/search/action',
  requests: '/access/v1/requests',
} as const;
