import { expect, it } from 'vitest';
import { parseTokenRequest } from '../../../lib/domain/token-request.ts';
import { signForRoom } from '../../../lib/rooms/use-cases/sign-for-room.ts';
import type { SignToken } from '../../../lib/use-cases/issue-token.ts';
import { DAY_SECONDS, NOW_SECONDS } from '../../support/fixtures.ts';
import { roomOf } from '../room-of.ts';
import { createSecret } from '../shelf.ts';

it("signForRoom signs for the room's session, with what the request has read and decided", async () => {
  const room = roomOf('standup');
  const limits = { nowSeconds: NOW_SECONDS, maxTokenSeconds: DAY_SECONDS };
  const token = parseTokenRequest({ role: 'moderator', data: 'from the request' }, limits);
  const grant = { role: 'subscriber', data: 'decided' } as const;
  const credentials = await (await createSecret()).projectSecret.get(() => 10_000);
  const assertStillAdmitted = () => undefined;
  const signed: unknown[] = [];
  const signToken: SignToken = async ({ sessionId, role, expireTime, ...rest }, options) => {
    signed.push({ sessionId, role, data: rest.data }, options);
    return { token: 't', sessionId, role, expireTime, apiKey: '1' };
  };
  const admitted = { room, token, grant, credentials, assertStillAdmitted };
  expect(await signForRoom(signToken, admitted, limits)).toEqual({
    ...{ token: 't', room: 'standup', sessionId: room.sessionId, role: 'subscriber' },
    ...{ expireTime: NOW_SECONDS + DAY_SECONDS, apiKey: '1' },
  });
  expect(signed).toEqual([
    { sessionId: room.sessionId, ...grant },
    { credentials, nowSeconds: NOW_SECONDS, assertStillGood: assertStillAdmitted },
  ]);
});
