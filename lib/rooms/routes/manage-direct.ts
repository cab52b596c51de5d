/**
 * What direct invocations ask for hosts: all that the routes do, by the name of an action. Pure: no
 * I/O.
 */
import * as v from 'valibot';
import { validationError } from '../../domain/faults.ts';
import { oneOf, parseBoth, parseFields } from '../../domain/request-fields.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import { parseIfMatchField } from '../domain/if-match.ts';
import { parseInviteRequest } from '../domain/invite.ts';
import { parseRoomField } from '../domain/room.ts';
import { parseDirectOpenRequest, takeField } from '../domain/room-request.ts';
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
      const [condition, rest] = takeField(fields, 'ifMatch');
      const [ifMatch, request] = parseBoth(
        () => parseIfMatchField(condition),
        () => parseDirectOpenRequest(rest, invocation),
      );
      return { action, ifMatch, ...request };
    }
    case 'deleteRoom': {
      const [condition, rest] = takeField(fields, 'ifMatch');
      const [ifMatch, request] = parseBoth(
        () => parseIfMatchField(condition),
        () => ofRoom(rest, parseNothing),
      );
      return { action, ifMatch, ...request };
    }
    case 'createInvite': {
      const parse = (rest: unknown) => parseInviteRequest(rest, invocation.nowSeconds);
      const { room, ...invite } = ofRoom(fields, parse);
      return { action, room, invite };
    }
    case 'deleteInvite': {
      const [id, rest] = takeField(fields, 'inviteId');
      const [inviteId, request] = parseBoth(
        () => parseId('inviteId', id),
        () => ofRoom(rest, parseNothing),
      );
      return { action, inviteId, ...request };
    }
    case 'decideKnock': {
      const [id, rest] = takeField(fields, 'knockId');
      const [knockId, request] = parseBoth(
        () => parseId('knockId', id),
        () => ofRoom(rest, parseDecision),
      );
      return { action, knockId, ...request };
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

const ID_RULES = {
  inviteId: 'must be a string: the id of an invite, as listInvites answers it',
  knockId: 'must be a string: the id of somebody who waits, as listKnocks answers it',
} as const;

/** As in a path, a text that is no id names nothing that there is; no text names nothing at all. */
function parseId(name: keyof typeof ID_RULES, value: unknown): string {
  if (typeof value === 'string') return value;
  throw validationError([{ pointer: `#/${name}`, detail: ID_RULES[name] }]);
}
