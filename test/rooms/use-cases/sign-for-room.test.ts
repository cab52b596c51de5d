import { describe, expect, it } from 'vitest';
import { TRUSTED } from '../../../lib/domain/access.ts';
import { Fault } from '../../../lib/domain/faults.ts';
import { parseTokenRequest } from '../../../lib/domain/token-request.ts';
import { signForRoom } from '../../../lib/rooms/use-cases/sign-for-room.ts';
import type { SignToken } from '../../../lib/use-cases/issue-token.ts';
import { catchFault } from '../../support/faults.ts';
import { DAY_SECONDS, NOW_SECONDS } from '../../support/fixtures.ts';
import { roomOf } from '../room-of.ts';
import { createSecret } from '../shelf.ts';

const invocation = {
  ...{ requestId: 'request', nowSeconds: NOW_SECONDS, caller: TRUSTED },
  ...{ remainingMs: () => 10_000, maxTokenSeconds: DAY_SECONDS },
};
const room = roomOf('standup');
const token = parseTokenRequest({}, invocation);
const assertStillAdmitted = () => undefined;

describe('signForRoom', () => {
  it('signs for the session of the room, with what the request has read and decided', async () => {
    const credentials = await (await createSecret()).projectSecret.get(() => 10_000);
    const grant = { role: 'subscriber', data: 'x' } as const;
    const signed: unknown[] = [];
    const signToken: SignToken = async (request, _invocation, options) => {
      signed.push(request.sessionId, options);
      return {
        token: 't',
        sessionId: request.sessionId,
        role: 'subscriber',
        expireTime: 1,
        apiKey: '1',
      };
    };
    const admitted = { room, token, credentials, grant, assertStillAdmitted };
    expect(await signForRoom(signToken, admitted, invocation)).toMatchObject({
      ...{ token: 't', room: 'standup', sessionId: room.sessionId },
    });
    expect(signed).toEqual([
      room.sessionId,
      { credentials, grant, assertStillGood: assertStillAdmitted },
    ]);
  });

  it.each([
    ['SessionNotFoundError', 'CredentialsChangingError'],
    ['ValidationError', 'ValidationError'],
  ] as const)('turns %s into %s', async (thrown, expected) => {
    const signToken: SignToken = async () => {
      throw new Fault(thrown, 'No.');
    };
    const sign = () => signForRoom(signToken, { room, token, assertStillAdmitted }, invocation);
    expect((await catchFault(sign)).name).toBe(expected);
  });
});
