/**
 * Routes that only some deployments have, by the parameter that adds them.
 */

/** The route of guests. It has no authorizer: the invite authenticates its callers. */
export const guestRoute = 'POST /invites/tokens';
/** Its logical id in osls's template. */
export const guestRouteId = 'HttpApiRoutePostInvitesTokens';
/** The route of the platform's callbacks. It has no authorizer: the signature authenticates the platform. */
export const callbackRoute = 'POST /callbacks';
/** Its logical id in osls's template. */
export const callbackRouteId = 'HttpApiRoutePostCallbacks';

/**
 * The routes without an authorizer that a deployment has, with their logical ids and their throttling.
 */
export function publicRoutesOf({ guests, liveRooms, ...values }) {
  const { guestThrottleRate, guestThrottleBurst } = values;
  const { callbackThrottleRate, callbackThrottleBurst } = values;
  const ofGuests = { key: guestRoute, id: guestRouteId };
  const ofCallbacks = { key: callbackRoute, id: callbackRouteId };
  return [
    ...(guests ? [{ ...ofGuests, rate: guestThrottleRate, burst: guestThrottleBurst }] : []),
    ...(liveRooms
      ? [{ ...ofCallbacks, rate: callbackThrottleRate, burst: callbackThrottleBurst }]
      : []),
  ];
}

/** @type {Record<string, string[]>} */
export const optionalRoutes = {
  guests: [guestRoute],
  liveRooms: [callbackRoute],
  sampleRoutes: [
    'GET /room/{name}',
    'GET /session',
    'GET /session/{name}',
    'POST /v2/createSessionAndJoin',
  ],
  describe: ['GET /openapi.json', 'POST /tokens/inspect'],
};
