import { describe, expect, it } from 'vitest';
import { type Caller, TRUSTED } from '../../../lib/domain/access.ts';
import { type Invite, parseInviteRequest } from '../../../lib/rooms/domain/invite.ts';
import type { InviteStore } from '../../../lib/rooms/table/invite-store.ts';
import { type InviteAction, manageInvites } from '../../../lib/rooms/use-cases/manage-invites.ts';
import { newRandomText } from '../../../lib/wiring/random.ts';
import { catchFault } from '../../support/faults.ts';
import { DAY_SECONDS, NOW_MS, NOW_SECONDS } from '../../support/fixtures.ts';
import { createSecret, createShelf, shelve } from '../shelf.ts';

const PROJECT = { kind: 'opentok', id: '123456' } as const;

async function open() {
  const { projectSecret } = await createSecret();
  const store = createShelf();
  const room = shelve(store, PROJECT, { name: 'ward' });
  const stored: Invite[] = [];
  const calls: string[] = [];
  const invites: InviteStore = {
    get: async ({ inviteId }) => {
      calls.push('get');
      return stored.find((invite) => invite.inviteId === inviteId);
    },
    put: async (invite) => {
      calls.push('put');
      stored.push(invite);
    },
    list: async () => [...stored],
    remove: async ({ inviteId }) => {
      calls.push('remove');
      stored.splice(0, stored.length, ...stored.filter((one) => one.inviteId !== inviteId));
    },
  };
  let nowMs = NOW_MS;
  const run = (action: InviteAction, caller: Caller = TRUSTED) =>
    manageInvites({ projectSecret, store, invites, newRandomText, now: () => nowMs }, action, {
      ...{ requestId: 'request', nowSeconds: Math.floor(nowMs / 1000), caller },
      ...{ remainingMs: () => 10_000, maxTokenSeconds: DAY_SECONDS },
    });
  const create = async (body: object = {}, caller?: Caller) => {
    nowMs += 1;
    const invite = parseInviteRequest(body, NOW_SECONDS);
    const made = await run({ action: 'createInvite', room: 'ward', invite }, caller);
    return (made as { inviteId: string }).inviteId;
  };
  const list = async () => {
    const { invites: all } = (await run({ action: 'listInvites', room: 'ward' })) as {
      invites: readonly { readonly inviteId: string }[];
    };
    return all.map(({ inviteId }) => inviteId);
  };
  const pass = (seconds: number) => {
    nowMs += seconds * 1000;
  };
  return { store, room, stored, calls, run, create, list, pass };
}

describe('manageInvites', () => {
  it('lists the valid invites in the order of their creation', async () => {
    const { stored, create, list, pass } = await open();
    const ids = [await create(), await create({ expireTime: NOW_SECONDS + 60 }), await create()];
    stored.reverse();
    expect(await list()).toEqual(ids);
    pass(58);
    expect(await list()).toEqual(ids);
    pass(2);
    expect(await list()).toEqual([ids[0], ids[2]]);
  });

  it('lists no secret and no guest', async () => {
    const { create, run } = await open();
    await create();
    const listed = JSON.stringify(await run({ action: 'listInvites', room: 'ward' }));
    expect(listed).not.toMatch(/secretHash|counted|sessionId|"invite":/);
  });

  it('revokes one invite', async () => {
    const { create, run, list } = await open();
    const [inviteId, other] = [await create(), await create()];
    expect(await run({ action: 'deleteInvite', room: 'ward', inviteId })).toEqual({});
    expect(await list()).toEqual([other]);
    const again = () => run({ action: 'deleteInvite', room: 'ward', inviteId });
    expect((await catchFault(again)).name).toBe('InviteNotFoundError');
  });

  it.each<[what: string, spoil: (opened: Awaited<ReturnType<typeof open>>) => void]>([
    ['that has expired', ({ pass }) => pass(DAY_SECONDS)],
    [
      'of a former room of the name',
      ({ store, room }) => store.rooms.set('ward', { ...room, sessionId: '2_another' }),
    ],
  ])('returns the error of an unknown id for an invite %s', async (_what, spoil) => {
    const opened = await open();
    const inviteId = await opened.create();
    spoil(opened);
    const action = { action: 'deleteInvite', room: 'ward', inviteId } as const;
    expect((await catchFault(() => opened.run(action))).name).toBe('InviteNotFoundError');
    expect(opened.calls).not.toContain('remove');
  });

  it.each(['', '..', 'a'.repeat(15), `${'a'.repeat(15)}#`, 'a'.repeat(17)])(
    'does not look up the malformed id %j',
    async (inviteId) => {
      const { run, calls } = await open();
      const action = { action: 'deleteInvite', room: 'ward', inviteId } as const;
      expect((await catchFault(() => run(action))).name).toBe('InviteNotFoundError');
      expect(calls).toEqual([]);
    },
  );

  it.each<InviteAction>([
    {
      ...{ action: 'createInvite', room: 'nowhere' },
      invite: parseInviteRequest({}, NOW_SECONDS),
    },
    { action: 'listInvites', room: 'nowhere' },
    { action: 'deleteInvite', room: 'nowhere', inviteId: 'a'.repeat(16) },
  ])('rejects $action in a room that does not exist', async (action) => {
    const { run, calls } = await open();
    expect((await catchFault(() => run(action))).name).toBe('RoomNotFoundError');
    expect(calls).toEqual([]);
  });

  it('rejects an invite for moderators by a user, before it reads the room', async () => {
    const { create, store, calls } = await open();
    const caller = {
      kind: 'user',
      subject: 'ada',
      maxRole: 'moderator',
      roomsOnly: false,
    } as const;
    const refused = await catchFault(() => create({ role: 'moderator' }, caller));
    expect(refused.name).toBe('ForbiddenError');
    expect([store.calls, calls]).toEqual([[], []]);
  });
});
