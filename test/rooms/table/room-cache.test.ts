import { describe, expect, it } from 'vitest';
import { createRoomCache } from '../../../lib/rooms/table/room-cache.ts';
import { roomOf } from '../room-of.ts';

function open(ttlMs = 60_000) {
  let nowMs = 1_000_000;
  const cache = createRoomCache(ttlMs, () => nowMs);
  return {
    cache,
    see: (name: string) => cache.set(roomOf(name), nowMs),
    now: () => nowMs,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('the memory of rooms', () => {
  it('knows nothing at first', () => {
    expect(open().cache.get('standup')).toBeUndefined();
  });

  it('keeps a room for its time and no longer', () => {
    const { cache, see, pass } = open();
    see('standup');
    pass(59_999);
    expect(cache.get('standup')).toEqual(roomOf('standup'));
    pass(1);
    expect(cache.get('standup')).toBeUndefined();
  });

  it('counts from before the request to the table, however late the response', () => {
    const { cache, pass, now } = open();
    const askedAtMs = now();
    pass(3_000);
    cache.set(roomOf('standup'), askedAtMs);
    pass(56_999);
    expect(cache.get('standup')).toBeDefined();
    pass(1);
    expect(cache.get('standup')).toBeUndefined();
  });

  it('keeps nothing when its time is nought', () => {
    const { cache, see } = open(0);
    see('standup');
    expect(cache.get('standup')).toBeUndefined();
  });

  it('starts the time again when a room is seen again', () => {
    const { cache, see, pass } = open();
    see('standup');
    pass(59_999);
    see('standup');
    pass(59_999);
    expect(cache.get('standup')).toBeDefined();
  });

  it('keeps no room that has rules, not even the one that had none yet', () => {
    const { cache, see, now } = open();
    see('standup');
    see('other');
    const rules = { admission: 'open' } as const;
    cache.set({ ...roomOf('standup'), rules, revision: 'first' }, now());
    expect(cache.get('standup')).toBeUndefined();
    expect(cache.get('other')).toBeDefined();
  });

  it.each(['constructor', '__proto__', 'toString'])('has no inherited %s', (name) => {
    expect(open().cache.get(name)).toBeUndefined();
  });

  it('drops the room seen longest ago when there are more than a thousand', () => {
    const { cache, see } = open();
    for (let index = 0; index < 1_000; index += 1) see(`room-${index}`);
    see('room-0');
    see('one-more');
    expect(cache.get('room-0')).toBeDefined();
    expect(cache.get('room-1')).toBeUndefined();
    expect(cache.get('room-2')).toBeDefined();
    expect(cache.get('one-more')).toBeDefined();
  });
});
