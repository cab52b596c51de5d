/**
 * Routes that only some deployments have, by the parameter that switches them on.
 */

/** The one route that has no authorizer: an invite vouches for who comes. */
export const guestRoute = 'POST /invites/tokens';
/** Logical id that osls gives it. */
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
