/**
 * Parses the request to open a room and create invites to it. Pure: the clock is an argument.
 */
import { validationError } from '../../domain/faults.ts';
import { parseBoth, parseEach, parseWithin } from '../../domain/request-fields.ts';
import type { TokenLimits } from '../../domain/token-request.ts';
import { type InviteRequest, parseInviteRequest } from './invite.ts';
import { type OpenRequest, parseDirectOpenRequest, takeField } from './room-request.ts';

/** Their secrets fit into a result event, and a message is done in seconds. */
export const MAX_INVITES = 50;

export interface InvitedRoomRequest extends OpenRequest {
  readonly invites: readonly InviteRequest[];
}

/**
 * @param input a request to open a room, with invite requests in `invites`
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
 * Every rule on the bus receives result events, so they carry secrets only if the deployment allows it.
 * @throws Fault `ValidationError`
 */
export function assertInvitesTold({ invites }: InvitedRoomRequest, inviteResults: boolean): void {
  if (invites.length === 0 || inviteResults) return;
  const detail =
    'are made by messages only where the deployment has inviteResults=true: their secrets go into result events';
  throw validationError([{ pointer: '#/invites', detail }]);
}
