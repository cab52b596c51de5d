/** A room of the usual project, as it is in the table. */

import { parseSessionRequest } from '../../lib/domain/session-request.ts';
import type { Room } from '../../lib/rooms/domain/room.ts';
import { NOW_SECONDS, sessionIds } from '../support/fixtures.ts';

export function roomOf(name: string, changed: Partial<Room> = {}): Room {
  return {
    name,
    sessionId: sessionIds.openTok,
    projectId: '123456',
    options: parseSessionRequest({}),
    createdAtSeconds: NOW_SECONDS,
    expiresAtSeconds: undefined,
    rules: undefined,
    revision: undefined,
    ...changed,
  };
}
