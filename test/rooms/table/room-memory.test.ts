import { describe, expect, it } from 'vitest';
import { createRoomMemory } from '../../../lib/rooms/table/room-memory.ts';
import { roomOf } from '../room-of.ts';

function open(ttlMs = 60_000) {
  let nowMs = 1_000_000;
  const memory = createRoomMemory(ttlMs, () => nowMs);
  return {
    memory,
    see: (name: string) => memory.remember(roomOf(name), nowMs),
    now: () => nowMs,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('the memory of rooms', () => {
  it('knows nothing at first', () => {
    expect(open().memory.recall('standup')).toBeUndefined();
  });

  it('keeps a room for its time and no longer', () => {
    const { memory, see, pass } = open();
    see('standup');
    pass(59_999);
    expect(memory.recall('standup')).toEqual(roomOf('standup'));
    pass(1);
    expect(memory.recall('standup')).toBeUndefined();
  });

  it('counts from the moment before the table was asked, however late its answer', () => {
    const { memory, pass, now } = open();
    const askedAtMs = now();
    pass(3_000);
    memory.remember(roomOf('standup'), askedAtMs);
    pass(56_999);
    expect(memory.recall('standup')).toBeDefined();
    pass(1);
    expect(memory.recall('standup')).toBeUndefined();
  });

  it('keeps nothing when its time is nought', () => {
    const { memory, see } = open(0);
    see('standup');
    expect(memory.recall('standup')).toBeUndefined();
  });

  it('starts the time again when a room is seen again', () => {
    const { memory, see, pass } = open();
    see('standup');
    pass(59_999);
    see('standup');
    pass(59_999);
    expect(memory.recall('standup')).toBeDefined();
  });

  it('keeps no room that has rules, not even the one that had none yet', () => {
    const { memory, see, now } = open();
    see('standup');
    see('other');
    const rules = { admission: 'open' } as const;
    memory.remember({ ...roomOf('standup'), rules, revision: 'first' }, now());
    expect(memory.recall('standup')).toBeUndefined();
    expect(memory.recall('other')).toBeDefined();
  });

  it.each(['constructor', '__proto__', 'toString'])('knows no %s of its own', (name) => {
    expect(open().memory.recall(name)).toBeUndefined();
  });

  it('drops the room seen longest ago when there are more than a thousand', () => {
    const { memory, see } = open();
    for (let index = 0; index < 1_000; index += 1) see(`room-${index}`);
    see('room-0');
    see('one-more');
    expect(memory.recall('room-0')).toBeDefined();
    expect(memory.recall('room-1')).toBeUndefined();
    expect(memory.recall('room-2')).toBeDefined();
    expect(memory.recall('one-more')).toBeDefined();
  });
});
