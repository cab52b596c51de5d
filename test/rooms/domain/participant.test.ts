import { describe, expect, it } from 'vitest';
import { toKnockId } from '../../../lib/rooms/domain/knock.ts';
import { toBanViews, toParticipants } from '../../../lib/rooms/domain/participant.ts';

const at = (id: string, createdAtMs: number) => ({ id, createdAtMs });
const ada = { sub: 'ada', name: undefined };
const guest = { sub: 'guest:1', name: 'Bob' };

describe('toParticipants', () => {
  it('lists a person once, with all connections, since the first one', () => {
    const persons = new Map([
      ['a', ada],
      ['b', ada],
    ]);
    expect(toParticipants([at('b', 9_999), at('a', 5_999)], persons)).toEqual([
      {
        ...{ participantId: toKnockId('ada'), sub: 'ada', name: null, since: 5 },
        connections: ['a', 'b'],
      },
    ]);
  });

  it('lists each connection of an unknown person apart, with an id that stays the same', () => {
    const connections = [at('a', 1_000), at('b', 2_000)];
    const [one, other] = toParticipants(connections, new Map());
    expect([one, other]).toMatchObject([
      { sub: null, name: null, since: 1, connections: ['a'] },
      { sub: null, name: null, since: 2, connections: ['b'] },
    ]);
    expect(one?.participantId).toMatch(/^[\w-]{22}$/);
    expect(one?.participantId).not.toBe(other?.participantId);
    expect(toParticipants(connections, new Map([['b', ada]]))[0]).toEqual(one);
  });

  it('does not confuse an unknown connection with a person of the same text', () => {
    const persons = new Map([['b', { sub: 'a' }]]);
    expect(toParticipants([at('a', 1), at('b', 2)], persons)).toHaveLength(2);
  });

  it('orders by arrival, and by connection id at the same moment', () => {
    const connections = [at('c', 2_000), at('b', 1_000), at('a', 1_000)];
    const listed = toParticipants(connections, new Map([['c', guest]]));
    expect(listed.map(({ connections: [id] }) => id)).toEqual(['a', 'b', 'c']);
    expect(listed[2]).toMatchObject({ sub: 'guest:1', name: 'Bob' });
  });

  it('is empty for a room without clients', () => {
    expect(toParticipants([], new Map([['a', ada]]))).toEqual([]);
  });
});

describe('toBanViews', () => {
  it('lists bans in the order in which they were made, with null for what is not known', () => {
    const ban = (personId: string, bannedAtSeconds: number) => {
      return { personId, bannedAtSeconds, sub: undefined, name: undefined, inviteId: undefined };
    };
    const known = { ...ban('a', 2), sub: 'guest:1', name: 'Bob', inviteId: 'i' };
    const nothing = { sub: null, name: null, inviteId: null };
    expect(toBanViews([known, ban('c', 1), ban('b', 1)])).toEqual([
      { participantId: 'b', since: 1, ...nothing },
      { participantId: 'c', since: 1, ...nothing },
      { participantId: 'a', since: 2, sub: 'guest:1', name: 'Bob', inviteId: 'i' },
    ]);
  });
});
