/**
 * Routes that only some deployments have, by the parameter that adds them.
 */

/** The only route without an authorizer: the invite authenticates its callers. */
export const guestRoute = 'POST /invites/tokens';
/** Its logical id in osls's template. */
export const guestRouteId = 'HttpApiRoutePostInvitesTokens';

/** @type {Record<string, string[]>} */
export const optionalRoutes = {
  guests: [guestRoute],
  sampleRoutes: [
    'GET /room/{name}',
    'GET /session',
    'GET /session/{name}',
    'POST /v2/createSessionAndJoin',
  ],
  describe: ['GET /openapi.json', 'POST /tokens/inspect'],
};
