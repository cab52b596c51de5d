/** Random sequences of host requests and joins, through the packaged functions and a real table. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../lib/domain/token-request.ts';
import { usePackagedFunctions } from '../rooms/packaged-functions.ts';
import { type RoomAnswer, type RoomCall, readRoomAnswer, roomEvent } from '../rooms/room-events.ts';
import type { Lambda } from '../support/lambda.ts';

const HOUR = 3_600;
const nowSeconds = () => Math.floor(Date.now() / 1000);
const { use, start } = usePackagedFunctions(['manageRoom']);

async function ask(role: Role, call: Omit<RoomCall, 'claims'>): Promise<RoomAnswer> {
  const event = roomEvent({ ...call, claims: { opentok_role: role } });
  return readRoomAnswer(await use('manageRoom').invoke(event));
}

describe('any sequence of requests to a room', () => {
  const [past, future, later] = [nowSeconds() - HOUR, nowSeconds() + HOUR, nowSeconds() + 2 * HOUR];
  const rules = fc.record(
    {
      opensAt: fc.constantFrom(past, future),
      closesAt: fc.constant(later),
      admission: fc.constantFrom('open', 'closed'),
      defaultRole: fc.constantFrom(...ROLES),
    },
    { requiredKeys: [] },
  );
  const step = fc.oneof(
    fc.record({ kind: fc.constant('put' as const), rules, seen: fc.boolean() }),
    fc.record({ kind: fc.constant('delete' as const), seen: fc.boolean() }),
    fc.record({ kind: fc.constant('get' as const) }),
    fc.record({ kind: fc.constant('join' as const), role: fc.constantFrom(...ROLES) }),
  );
  type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
  type Rules = { opensAt?: number; closesAt?: number; admission?: string; defaultRole?: Role };

  /** Returns the expected status of each step. */
  function createModel() {
    let room: Rules | undefined;
    let isSeen = false;
    return (asked: Step): number => {
      const isStale = 'seen' in asked && asked.seen && !isSeen;
      switch (asked.kind) {
        case 'get':
          isSeen = room !== undefined;
          return room ? 200 : 404;
        case 'put': {
          if (isStale) return 412;
          const status = room ? 200 : 201;
          [room, isSeen] = [asked.rules, true];
          return status;
        }
        case 'delete':
          if (isStale) return 412;
          [room, isSeen] = [undefined, false];
          return 204;
        case 'join': {
          if (asked.role === 'moderator') {
            room ??= {};
            return 201;
          }
          if (!room) return 404;
          return room.opensAt === future || room.admission === 'closed' ? 403 : 201;
        }
      }
    };
  }

  // Without a cache, so that a removed room is gone for the next step.
  let forgetful: Lambda;
  beforeAll(async () => {
    forgetful = await start('joinRoom', { ROOM_CACHE_SECONDS: '0' });
  });
  afterAll(() => forgetful.close());

  it('returns the statuses that a model of the rules predicts', async () => {
    let rooms = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), async (steps) => {
        rooms += 1;
        const name = `history${rooms}`;
        const expectedOf = createModel();
        let etag: string | undefined = '"never"';
        for (const asked of steps) {
          const ifMatch = 'seen' in asked && asked.seen ? { ifMatch: etag ?? '"gone"' } : {};
          const seen = await play(name, asked, ifMatch);
          expect([asked, seen.status]).toEqual([asked, expectedOf(asked)]);
          if (seen.status === 204) etag = undefined;
          if (asked.kind === 'get' && seen.status === 404) etag = undefined;
          etag = seen.headers['etag'] ?? etag;
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  async function play(
    room: string,
    asked: Step,
    ifMatch: { ifMatch?: string },
  ): Promise<RoomAnswer> {
    switch (asked.kind) {
      case 'put':
        return ask('moderator', { route: `PUT /rooms/${room}`, body: asked.rules, ...ifMatch });
      case 'delete':
        return ask('moderator', { route: `DELETE /rooms/${room}`, ...ifMatch });
      case 'get':
        return ask('moderator', { route: `GET /rooms/${room}` });
      case 'join':
        return readRoomAnswer(
          await forgetful.invoke(
            roomEvent({
              route: `POST /rooms/${room}/tokens`,
              claims: { opentok_role: asked.role },
            }),
          ),
        );
    }
  }
});
