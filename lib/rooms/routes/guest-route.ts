/**
 * The route of guests. Pure: no I/O.
 */

import { toClientKey } from '../../events/client-key.ts';
import { assertMethod, type HttpRequest } from '../../events/http-request.ts';
import { createPathTest } from '../../events/path.ts';
import { asRecord } from '../../events/untrusted.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import { parseGuestRequest } from '../domain/guest-request.ts';
import type { WaitingResponse } from '../domain/knock.ts';
import { roomFault } from '../faults.ts';
import type { JoinAsGuestRequest } from '../use-cases/authenticate-guest.ts';
import type { JoinedGuest } from '../use-cases/join-as-guest.ts';

const isInviteTokens = createPathTest('/invites/tokens');

/** @throws Fault `InviteNotFoundError` for another path, `MethodNotAllowedError`, `ValidationError` */
export function readGuestRoute(http: HttpRequest, invocation: Invocation): JoinAsGuestRequest {
  if (!isInviteTokens(http)) {
    throw roomFault(
      'InviteNotFoundError',
      'There is nothing at this path. Guests join by POST /invites/tokens.',
    );
  }
  assertMethod(http, 'POST');
  return { ...parseGuestRequest(http.body, invocation), clientKey: toClientKey(readAddress(http)) };
}

/** Direct callers are trusted, so they are not limited. */
export function parseDirectGuestRequest(
  input: unknown,
  invocation: Invocation,
): JoinAsGuestRequest {
  return { ...parseGuestRequest(input, invocation), clientKey: undefined };
}

/** The address that API Gateway saw (payload 2.0, then 1.0), never a header, which callers can write. */
function readAddress({ event }: HttpRequest): unknown {
  const context = asRecord(event['requestContext']);
  return asRecord(context['http'])['sourceIp'] ?? asRecord(context['identity'])['sourceIp'];
}

export function toGuestStatus(
  _request: JoinAsGuestRequest,
  answer: JoinedGuest | WaitingResponse,
): number {
  return 'status' in answer ? 202 : 201;
}
