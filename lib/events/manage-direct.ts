/**
 * What direct invocations ask for hosts: all that the routes do, by the name of an action. Pure: no
 * I/O.
 */
import * as v from 'valibot';
import { parseIfMatch } from '../domain/if-match.ts';
import { parseInviteRequest } from '../domain/invite.ts';
import { oneOf, parseBoth, parseFields } from '../domain/request-fields.ts';
import { parseRoomField } from '../domain/room.ts';
import { parseDirectOpenRequest, takeField } from '../domain/room-request.ts';
import type { Invocation } from '../use-cases/invocation.ts';
import type { HostRequest } from '../use-cases/serve-host.ts';
import { parseDecision } from './decision.ts';

const ACTIONS = [
  ...['getRoom', 'putRoom', 'deleteRoom', 'createInvite', 'listInvites', 'deleteInvite'],
  ...['listKnocks', 'decideKnock', 'decideKnocks'],
] as const satisfies readonly HostRequest['action'][];
const actionField = v.object({ action: oneOf(ACTIONS) }, `must be one of ${ACTIONS.join(', ')}`);
const noFields = v.object({});

/**
 * @param input `action`, `room`, and what the route of it takes from elsewhere: `ifMatch` in the words of
 *   the header, `inviteId`, `knockId`, and the fields of the body
 * @throws Fault `ValidationError` that lists every faulty field
 */
export function parseManageRequest(input: unknown, invocation: Invocation): HostRequest {
  const [given, fields] = takeField(input, 'action');
  const { action } = parseFields(actionField, given === undefined ? {} : { action: given });
  switch (action) {
    case 'putRoom': {
      const [ifMatch, rest] = takeField(fields, 'ifMatch');
      return {
        action,
        ifMatch: parseIfMatch(ifMatch),
        ...parseDirectOpenRequest(rest, invocation),
      };
    }
    case 'deleteRoom': {
      const [ifMatch, rest] = takeField(fields, 'ifMatch');
      return { action, ifMatch: parseIfMatch(ifMatch), ...ofRoom(rest, parseNothing) };
    }
    case 'createInvite': {
      const parse = (rest: unknown) => parseInviteRequest(rest, invocation.nowSeconds);
      const { room, ...invite } = ofRoom(fields, parse);
      return { action, room, invite };
    }
    case 'deleteInvite': {
      const [inviteId, rest] = takeField(fields, 'inviteId');
      return { action, inviteId: toId(inviteId), ...ofRoom(rest, parseNothing) };
    }
    case 'decideKnock': {
      const [knockId, rest] = takeField(fields, 'knockId');
      return { action, knockId: toId(knockId), ...ofRoom(rest, parseDecision) };
    }
    case 'decideKnocks':
      return { action, ...ofRoom(fields, parseDecision) };
    default:
      return { action, ...ofRoom(fields, parseNothing) };
  }
}

function ofRoom<Parsed extends object>(
  fields: unknown,
  parse: (rest: unknown) => Parsed,
): { readonly room: string } & Parsed {
  const [name, rest] = takeField(fields, 'room');
  const [room, parsed] = parseBoth(
    () => parseRoomField(name),
    () => parse(rest),
  );
  return { room, ...parsed };
}

function parseNothing(rest: unknown): object {
  return parseFields(noFields, rest);
}

/** What is none names nothing that there is, as in a path. */
function toId(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
