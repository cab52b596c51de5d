import { describe, expect, it } from 'vitest';
import { NO_RULES, type RoomRules } from '../../../lib/rooms/domain/room-rules.ts';
import { giveRules, toEtag, toHostRoomView } from '../../../lib/rooms/domain/room-view.ts';
import { DAY_SECONDS, NOW_SECONDS, sessionIds } from '../../support/fixtures.ts';
import { roomOf } from '../room-of.ts';

const room = roomOf('standup');
const closed: RoomRules = { admission: 'closed' };

describe('the tag of a room', () => {
  it('is a strong one in quotes', () => {
    expect(toEtag(room)).toMatch(/^"[\w-]{22}"$/);
  });

  it('is another one for other rules and another session, and else the same', () => {
    const other = { ...room, sessionId: sessionIds.openTokWithLocation };
    const tags = [
      room,
      other,
      giveRules(room, closed, undefined),
      giveRules(other, closed, undefined),
      giveRules(room, { ...closed, opensAt: 1 }, undefined),
      giveRules(room, { ...closed, closesAt: 1 }, undefined),
      giveRules(room, { ...closed, defaultRole: 'subscriber' }, undefined),
      giveRules(room, { ...closed, reference: 'x' }, undefined),
      giveRules(room, { ...closed, reference: '' }, undefined),
      giveRules(room, { ...closed, maxParticipants: 1 }, undefined),
      giveRules(room, { ...closed, maxParticipants: 2 }, undefined),
      giveRules(room, { ...closed, disconnectAtClose: true }, undefined),
    ].map(toEtag);
    expect(new Set(tags).size).toBe(tags.length);
    expect(toEtag(giveRules(room, NO_RULES, undefined))).toBe(toEtag(room));
    expect(toEtag(giveRules(giveRules(room, NO_RULES, 60), closed, 60))).toBe(tags[2]);
  });
});

describe('a room with rules', () => {
  it.each<
    [rules: Partial<RoomRules>, ttlSeconds: number | undefined, expiresAt: number | undefined]
  >([
    [{}, undefined, undefined],
    [{ opensAt: NOW_SECONDS + 99 }, undefined, undefined],
    [{ closesAt: NOW_SECONDS + 99 }, undefined, NOW_SECONDS + 99 + 30 * DAY_SECONDS],
    [{}, 60, NOW_SECONDS + 60],
    [{ opensAt: NOW_SECONDS - 99 }, 60, NOW_SECONDS + 60],
    [{ opensAt: NOW_SECONDS + 99 }, 60, NOW_SECONDS + 159],
    [{ opensAt: NOW_SECONDS + 9, closesAt: NOW_SECONDS + 99 }, 60, NOW_SECONDS + 159],
  ])('of %j is kept until its time is over (%s s to live): %s', (rules, ttlSeconds, expiresAt) => {
    const ruled = giveRules(room, { ...NO_RULES, ...rules }, ttlSeconds);
    expect(ruled.expiresAtSeconds).toBe(expiresAt);
  });

  it('shows them, and null for those that it does not have', () => {
    const project = { kind: 'opentok', id: '123456' } as const;
    const none = {
      opensAt: null,
      closesAt: null,
      defaultRole: null,
      reference: null,
      maxParticipants: null,
      disconnectAtClose: false,
    };
    expect(toHostRoomView(room, project)).toMatchObject({ ...none, admission: 'open' });
    const ruled = giveRules(room, { ...closed, opensAt: 0, closesAt: 7 }, undefined);
    expect(toHostRoomView(ruled, project)).toMatchObject({
      ...{ name: 'standup', opensAt: 0, closesAt: 7, admission: 'closed', defaultRole: null },
      reference: null,
      maxParticipants: null,
      disconnectAtClose: false,
      etag: toEtag(ruled),
    });
  });
});
