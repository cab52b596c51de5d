import { describe, expect, it } from 'vitest';
import { parseSessionRequest } from '../../../lib/domain/session-request.ts';
import { createMakeRoom } from '../../../lib/rooms/use-cases/make-room.ts';
import { NOW_SECONDS, OPENTOK_SECRET } from '../../support/fixtures.ts';
import { createSecret, createSessions } from '../shelf.ts';

const invocation = { nowSeconds: NOW_SECONDS, remainingMs: () => 10_000 };
const options = parseSessionRequest({ mediaMode: 'routed' });
const readCredentials = async (secret: object = OPENTOK_SECRET) =>
  (await createSecret(secret)).projectSecret.get(() => 10_000);

describe('createMakeRoom', () => {
  it.each([
    [undefined, undefined],
    [60, NOW_SECONDS + 60],
  ])('makes a room without rules, with a lifetime of %s', async (roomTtlSeconds, expected) => {
    const { makeSession, made } = createSessions();
    const credentials = await readCredentials();
    const makeRoom = createMakeRoom({ makeSession, roomTtlSeconds });
    expect(await makeRoom({ name: 'standup', options, credentials }, invocation)).toEqual({
      credentials,
      room: {
        ...{ name: 'standup', sessionId: made[0], projectId: '123456', options },
        ...{ createdAtSeconds: NOW_SECONDS, expiresAtSeconds: expected },
        ...{ rules: undefined, revision: undefined },
      },
    });
  });

  it('makes it of the project that the session was created in', async () => {
    const current = await readCredentials({ ...OPENTOK_SECRET, apiKey: '654321' });
    const makeRoom = createMakeRoom({
      makeSession: async () => ({ sessionId: 'x', credentials: current }),
      roomTtlSeconds: undefined,
    });
    const of = { name: 'standup', options, credentials: await readCredentials() };
    const { room, credentials } = await makeRoom(of, invocation);
    expect([room.projectId, credentials]).toEqual(['654321', current]);
  });
});
