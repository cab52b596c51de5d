/**
 * A room that is opened together with invites to it. Pure: the clock is an argument.
 */
import { validationError } from '../../domain/faults.ts';
import { parseBoth, parseEach, parseWithin } from '../../domain/request-fields.ts';
import type { TokenLimits } from '../../domain/token-request.ts';
import { type InviteRequest, parseInviteRequest } from './invite.ts';
import { type OpenRequest, parseDirectOpenRequest, takeField } from './room-request.ts';

/** An event has room for their secrets, and a message is settled in seconds. */
export const MAX_INVITES = 50;

export interface InvitedRoomRequest extends OpenRequest {
  readonly invites: readonly InviteRequest[];
}

/**
 * @param input what opens a room, and in `invites` requests for invites
 * @throws Fault `ValidationError` that lists every faulty field
 */
export function parseInvitedRoomRequest(
  input: unknown,
  limits: Pick<TokenLimits, 'nowSeconds'>,
): InvitedRoomRequest {
  const [list, rest] = takeField(input, 'invites');
  const [request, invites] = parseBoth(
    () => parseDirectOpenRequest(rest, limits),
    () => parseInvites(list, limits.nowSeconds),
  );
  return { ...request, invites };
}

function parseInvites(list: unknown, nowSeconds: number): readonly InviteRequest[] {
  if (list === undefined) return [];
  if (!Array.isArray(list) || list.length > MAX_INVITES) {
    const detail = `must be an array of ${MAX_INVITES} invites at most`;
    throw validationError([{ pointer: '#/invites', detail }]);
  }
  const parse = (invite: unknown, index: number) => () =>
    parseWithin(`invites/${index}`, () => parseInviteRequest(invite, nowSeconds));
  return parseEach(list.map(parse));
}

/**
 * Result events are read by whoever has a rule on their bus, so secrets go there only where the
 * deployment says that they may.
 * @throws Fault `ValidationError`
 */
export function assertInvitesTold({ invites }: InvitedRoomRequest, inviteResults: boolean): void {
  if (invites.length === 0 || inviteResults) return;
  const detail =
    'are made by messages only where the deployment has inviteResults=true: their secrets go into result events';
  throw validationError([{ pointer: '#/invites', detail }]);
}
