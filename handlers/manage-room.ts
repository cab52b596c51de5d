/** `/rooms`, `/rooms/{name}`, its `/invites`, `/knocks` and `/participants`, and direct invocations: what hosts do with rooms. */

import { createHandler } from '../lib/events/handler.ts';
import { createServeHost } from '../lib/rooms/routes/host-actions.ts';
import {
  parseHostRequest,
  readHostRequest,
  toHostHeaders,
  toHostStatus,
} from '../lib/rooms/routes/host-requests.ts';
import { createBanStore } from '../lib/rooms/table/ban-store.ts';
import { createInviteStore } from '../lib/rooms/table/invite-store.ts';
import { createKnockDecisions } from '../lib/rooms/table/knock-store.ts';
import { createReadAllRooms } from '../lib/rooms/table/room-list.ts';
import { createRoomRemoval } from '../lib/rooms/table/room-store.ts';
import { readRoomConfig } from '../lib/wiring/config.ts';
import { createEnvironmentReader } from '../lib/wiring/environment.ts';
import { newRandomText } from '../lib/wiring/random.ts';
import { createPersons, createRooms, toEnforcement } from '../lib/wiring/rooms.ts';
import { createRuntime } from '../lib/wiring/runtime.ts';
import { createSeats } from '../lib/wiring/seats.ts';
import { createModeration } from '../lib/wiring/services.ts';
import { warmUp } from '../lib/wiring/warm-up.ts';

const environment = createEnvironmentReader(process.env);
const roomConfig = readRoomConfig(environment);
const runtime = createRuntime(environment);
const rooms = createRooms(runtime, roomConfig);

export const handler = createHandler(runtime, {
  name: 'manageRoom',
  fromHttp: readHostRequest,
  fromDirect: parseHostRequest,
  toStatus: toHostStatus,
  toHeaders: toHostHeaders,
  run: createServeHost({
    ...rooms,
    projectSecret: runtime.projectSecret,
    removal: createRoomRemoval(rooms.table),
    readAllRooms: createReadAllRooms(rooms.table),
    onMalformed: ([first, ...more]) =>
      runtime.log('warn', {
        message: 'rooms cannot be listed',
        fault: first?.name ?? '',
        reason: `${first?.reason}${more.length > 0 ? ` So are ${more.length} more.` : ''}`,
      }),
    invites: createInviteStore(rooms.table),
    knocks: createKnockDecisions(rooms.table),
    bans: createBanStore(rooms.table),
    prepareSeats: createSeats(runtime, rooms.table).counting.prepare,
    moderation: createModeration(runtime),
    ...createPersons(rooms.table, roomConfig),
    newRandomText,
    now: runtime.now,
    roomTtlSeconds: roomConfig.roomTtlSeconds,
    enforcement: toEnforcement(runtime.config, roomConfig),
  }),
  toLogFields: (answer) => ({
    message: 'room served',
    ...('sessionId' in answer ? { sessionId: answer.sessionId } : {}),
    ...('removed' in answer ? { participantsRemoved: answer.removed } : {}),
  }),
});

await warmUp(runtime, { toFirstUrl: () => roomConfig.dynamoDbUrl });
