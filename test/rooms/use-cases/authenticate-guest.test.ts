import { describe, expect, it } from 'vitest';
import { TRUSTED } from '../../../lib/domain/access.ts';
import { readGuestCredentials } from '../../../lib/rooms/domain/guest-credentials.ts';
import { type Invite, parseInviteRequest } from '../../../lib/rooms/domain/invite.ts';
import {
  type GuestSecret,
  hashInviteSecret,
  toGuestSubject,
  writeGuestSecret,
} from '../../../lib/rooms/domain/invite-secret.ts';
import { type Knock, toKnockId } from '../../../lib/rooms/domain/knock.ts';
import type { Room } from '../../../lib/rooms/domain/room.ts';
import { roomFault } from '../../../lib/rooms/faults.ts';
import { authenticateGuest } from '../../../lib/rooms/use-cases/authenticate-guest.ts';
import { catchFault } from '../../support/faults.ts';
import { DAY_SECONDS, NOW_SECONDS, sessionIds } from '../../support/fixtures.ts';
import { roomOf } from '../room-of.ts';
import { createSecret } from '../shelf.ts';

const secretOf = (letter: string, changed: Partial<GuestSecret> = {}): GuestSecret => ({
  ...{ room: 'ward', inviteId: 'i'.repeat(16), secret: letter.repeat(43) },
  ...changed,
});
const right = secretOf('r');
const own = secretOf('o');
const text = writeGuestSecret;

const room = roomOf('ward');
const invite: Invite = {
  ...{ ...parseInviteRequest({ maxGuests: 2 }, NOW_SECONDS), name: undefined },
  ...{ room: 'ward', inviteId: right.inviteId, sessionId: room.sessionId },
  ...{ secretHash: hashInviteSecret(right.secret), createdAtMs: NOW_SECONDS * 1000 },
  ...{ guests: 1, generation: 0, counted: [[], []] },
};
const knock: Knock = {
  ...{ room: 'ward', knockId: toKnockId(toGuestSubject(own)), sessionId: room.sessionId },
  ...{ subject: toGuestSubject(own), name: 'Ada', sinceMs: NOW_SECONDS * 1000 },
  ...{ seenAtSeconds: NOW_SECONDS, state: 'joined', decidedAtSeconds: 0 },
  guest: { inviteId: right.inviteId, role: 'publisher', placeUntilSeconds: NOW_SECONDS + 60 },
};

interface Table {
  readonly invite?: Invite | undefined;
  readonly room?: Room | undefined | Error;
  readonly knock?: Knock | undefined;
  /** Requests that the guest, and the address, may still make. Default: enough. */
  readonly left?: number;
}

type Bodies = Partial<Record<'invite' | 'guest' | 'knock', string>>;

async function authenticate(body: Bodies, table: Table, clientKey?: string) {
  const { projectSecret } = await createSecret();
  const calls: string[] = [];
  const { left = 9 } = table;
  const secrets = readGuestCredentials({
    ...{ invite: undefined, guest: undefined, knock: undefined },
    ...body,
  });
  const given = {
    ...{ secrets, clientKey },
    own: secrets && secretOf('x', { secret: secrets.guest ?? secrets.knock ?? 'n'.repeat(43) }),
  };
  const deps = {
    projectSecret,
    store: {
      get: async () => {
        calls.push('room');
        if (table.room instanceof Error) throw table.room;
        return table.room;
      },
    },
    places: {
      get: async () => {
        calls.push('invite');
        return table.invite;
      },
    },
    knocks: {
      get: async ({ knockId }: Pick<Knock, 'knockId'>) => {
        calls.push('knock');
        return table.knock?.knockId === knockId ? table.knock : undefined;
      },
    },
    guests: {
      countRequest: async (
        { knockId }: Pick<Knock, 'knockId'>,
        { perMinute }: { readonly perMinute: number },
      ) => {
        calls.push('count guest');
        const isLeft = left > 0 || perMinute > 1_000_000;
        return table.knock?.knockId === knockId && isLeft ? table.knock : undefined;
      },
    },
    rateLimit: {
      perMinute: 30,
      count: async ({ clientKey: key }: { readonly clientKey: string }) => {
        calls.push(`count ${key}`);
        return left > 0;
      },
    },
  };
  const run = () =>
    authenticateGuest(deps, given, {
      ...{ requestId: 'request', nowSeconds: NOW_SECONDS, caller: TRUSTED },
      ...{ remainingMs: () => 10_000, maxTokenSeconds: DAY_SECONDS },
    });
  return { run, calls };
}

const all: Table = { invite, room, knock };

describe('authenticateGuest', () => {
  it.each<[what: string, body: Bodies, table: Table, known: Knock | undefined]>([
    ['a new guest', { invite: text(right) }, all, undefined],
    [
      'a new guest with a secret',
      { invite: text(right), knock: text(own) },
      { ...all, knock: undefined },
      undefined,
    ],
    ['a waiting guest', { invite: text(right), knock: text(own) }, all, knock],
    ['a returning guest', { guest: text(own) }, all, knock],
    [
      'a returning guest of a full invite',
      { guest: text(own) },
      { ...all, invite: { ...invite, guests: 2 } },
      knock,
    ],
    [
      'a guest who was counted and has no item yet',
      { guest: text(own) },
      { ...all, knock: undefined, invite: { ...invite, counted: [[], [toGuestSubject(own)]] } },
      undefined,
    ],
  ])('finds the invite, the room and the knock of %s', async (_what, body, table, known) => {
    const { run } = await authenticate(body, table, '192.0.2.1');
    const found = await run();
    expect(found).toMatchObject({ invite: table.invite, room });
    expect(found.knock).toBe(known);
    expect(found.credentials.project.id).toBe(room.projectId);
    expect(found.subject).toBe(toGuestSubject(found.own));
  });

  it.each<[what: string, body: Bodies, table: Table]>([
    ['a malformed invite', { invite: 'ward' }, {}],
    ['a malformed secret with a right invite', { invite: text(right), guest: 'ward' }, all],
    ['secrets of two rooms', { invite: text(right), guest: text({ ...own, room: 'other' }) }, all],
    ['an unknown invite', { invite: text(right) }, {}],
    ['the secret of another invite', { invite: text(own) }, all],
    ['an unknown guest', { guest: text(secretOf('u')) }, all],
    [
      'a waiting guest, given as one with a place',
      { guest: text(own) },
      { ...all, knock: { ...knock, guest: { inviteId: right.inviteId, role: 'publisher' } } },
    ],
    ['a knock without the invite', { knock: text(own) }, all],
    [
      'an expired invite',
      { invite: text(right) },
      { ...all, invite: { ...invite, expireTime: NOW_SECONDS } },
    ],
    ['a full invite', { invite: text(right) }, { ...all, invite: { ...invite, guests: 2 } }],
    ['a room that is gone', { invite: text(right) }, { ...all, room: undefined }],
    [
      'a later room of the name',
      { guest: text(own) },
      { ...all, room: roomOf('ward', { sessionId: sessionIds.openTokWithLocation }) },
    ],
  ])('returns the same error for %s', async (_what, body, table) => {
    const { run, calls } = await authenticate(body, table, '192.0.2.1');
    expect(await catchFault(run)).toMatchObject({
      name: 'InviteNotFoundError',
      message:
        'This invite is invalid, expired, revoked or already used. Ask the host for a new one.',
      retryAfterSeconds: undefined,
    });
    expect(calls).toContain('invite');
    expect(calls).toContain('room');
  });

  it('makes the same calls for a malformed invite as for an unknown one', async () => {
    const malformed = await authenticate({ invite: 'ward' }, {}, '192.0.2.1');
    const unknown = await authenticate({ invite: text(right) }, {}, '192.0.2.1');
    await catchFault(malformed.run);
    await catchFault(unknown.run);
    expect(malformed.calls.sort()).toEqual(unknown.calls.sort());
  });

  it('reports an unreadable room to guests of the invite only', async () => {
    const unreadable = { ...all, room: roomFault('InvalidRoomItemError', 'Unreadable.') };
    const guest = await authenticate({ invite: text(right) }, unreadable);
    expect((await catchFault(guest.run)).name).toBe('InvalidRoomItemError');
    const stranger = await authenticate({ invite: text(own) }, unreadable);
    expect((await catchFault(stranger.run)).name).toBe('InviteNotFoundError');
  });
});

describe('the rate limit of guests', () => {
  it.each<[what: string, body: Bodies, counters: readonly string[]]>([
    ['an unknown guest by address', { invite: text(right) }, ['count 192.0.2.1']],
    [
      'an unknown secret by address',
      { invite: text(right), knock: text(secretOf('u')) },
      ['count guest', 'count 192.0.2.1'],
    ],
    ['a known guest by secret', { guest: text(own) }, ['count guest']],
    ['a guest with a knock by secret', { invite: text(right), knock: text(own) }, ['count guest']],
  ])('counts %s', async (_what, body, counters) => {
    const { run, calls } = await authenticate(body, all, '192.0.2.1');
    await run().catch(() => undefined);
    expect(calls.filter((call) => call.startsWith('count'))).toEqual(counters);
  });

  it.each<[what: string, body: Bodies]>([
    ['an unknown guest', { invite: text(right) }],
    ['an unknown secret', { guest: text(secretOf('u')) }],
    ['a known guest', { guest: text(own) }],
  ])('rejects a request of %s over the limit', async (_what, body) => {
    const { run } = await authenticate(body, { ...all, left: 0 }, '192.0.2.1');
    expect(await catchFault(run)).toMatchObject({
      name: 'TooManyRequestsError',
      retryAfterSeconds: 60 - (NOW_SECONDS % 60),
    });
  });

  it.each<Bodies>([{ invite: text(right) }, { guest: text(own) }])(
    'does not apply to trusted callers: %j',
    async (body) => {
      const { run } = await authenticate(body, { ...all, left: 0 });
      expect(await run()).toMatchObject({ invite, room });
    },
  );
});
