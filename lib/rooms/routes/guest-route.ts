/**
 * The route of guests: what is asked, and from where. Pure: no I/O.
 */

import { asRecord } from '../../events/as-record.ts';
import { assertMethod, type HttpRequest } from '../../events/http-request.ts';
import { createPathTest } from '../../events/path.ts';
import { toSource } from '../../events/source-address.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import { parseGuestRequest } from '../domain/guest-request.ts';
import type { WaitingAnswer } from '../domain/knock.ts';
import { roomFault } from '../faults.ts';
import type { JoinedGuest } from '../use-cases/join-as-guest.ts';
import type { JoinAsGuestRequest } from '../use-cases/vouch-for-guest.ts';

const isInviteTokens = createPathTest('/invites/tokens');

/** @throws Fault `InviteNotFoundError` for another path, `MethodNotAllowedError`, `ValidationError` */
export function readGuestRoute(http: HttpRequest, invocation: Invocation): JoinAsGuestRequest {
  if (!isInviteTokens(http)) {
    throw roomFault('InviteNotFoundError', 'There is nothing at this path.');
  }
  assertMethod(http, 'POST');
  return { ...parseGuestRequest(http.body, invocation), source: toSource(readAddress(http)) };
}

/** A direct caller is trusted: it counts what it lets through, if anybody does. */
export function parseDirectGuestRequest(
  input: unknown,
  invocation: Invocation,
): JoinAsGuestRequest {
  return { ...parseGuestRequest(input, invocation), source: undefined };
}

/** As API Gateway saw it (payload 2.0, then 1.0), never as a header has it, which callers write. */
function readAddress({ event }: HttpRequest): unknown {
  const context = asRecord(event['requestContext']);
  return asRecord(context['http'])['sourceIp'] ?? asRecord(context['identity'])['sourceIp'];
}

export function toGuestStatus(
  _request: JoinAsGuestRequest,
  answer: JoinedGuest | WaitingAnswer,
): number {
  return 'status' in answer ? 202 : 201;
}
