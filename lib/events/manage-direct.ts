/**
 * What direct invocations ask for hosts: all that the routes do, by the name of an action. Pure: no
 * I/O.
 */
import * as v from 'valibot';
import { parseIfMatch } from '../domain/if-match.ts';
import { oneOf, parseBoth, parseFields } from '../domain/request-fields.ts';
import { parseRoomField } from '../domain/room.ts';
import { parseDirectOpenRequest, takeField } from '../domain/room-request.ts';
import type { Invocation } from '../use-cases/invocation.ts';
import type { ManageRequest } from '../use-cases/manage-room.ts';

const ACTIONS = ['getRoom', 'putRoom', 'deleteRoom'] as const;
const actionField = v.object({ action: oneOf(ACTIONS) }, `must be one of ${ACTIONS.join(', ')}`);
const noFields = v.object({});

/**
 * @param input `action`, `room`, for a change `ifMatch` in the words of the header, and for `putRoom`
 *   what the body of its route has
 * @throws Fault `ValidationError` that lists every faulty field
 */
export function parseManageRequest(input: unknown, invocation: Invocation): ManageRequest {
  const [wanted, withIfMatch] = takeField(input, 'action');
  const { action } = parseFields(actionField, wanted === undefined ? {} : { action: wanted });
  const [ifMatchText, fields] =
    action === 'getRoom' ? [undefined, withIfMatch] : takeField(withIfMatch, 'ifMatch');
  const ifMatch = parseIfMatch(ifMatchText);
  if (action === 'putRoom')
    return { action, ifMatch, ...parseDirectOpenRequest(fields, invocation) };
  const [name, rest] = takeField(fields, 'room');
  const [room] = parseBoth(
    () => parseRoomField(name),
    () => parseFields(noFields, rest),
  );
  return action === 'getRoom' ? { action, room } : { action, room, ifMatch };
}
