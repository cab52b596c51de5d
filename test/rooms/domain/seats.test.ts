import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  GRANT_MS,
  isAbandoned,
  judgeCount,
  type Seat,
  type Shard,
  splitCapacity,
  toHomeShard,
  toSeatLimit,
  toShardCount,
} from '../../../lib/rooms/domain/seats.ts';
import { NOW_MS } from '../../support/fixtures.ts';
import { roomOf } from '../room-of.ts';

const shardOf = (index: number, held: number, capacity: number, maxParticipants = 100): Shard => ({
  ...{ index, held, capacity, maxParticipants, version: 0 },
});

describe('toShardCount', () => {
  it.each([
    [1, 1],
    [50, 1],
    [51, 2],
    [800, 16],
    [15_000, 16],
  ])('of a room for %i is %i', (maxParticipants, count) => {
    expect(toShardCount(maxParticipants)).toBe(count);
  });
});

it('toHomeShard spreads people evenly', () => {
  const counts = new Array(16).fill(0);
  for (let person = 0; person < 16_000; person += 1) counts[toHomeShard(`${person}`, 15_000)] += 1;
  expect(Math.min(...counts)).toBeGreaterThan(850);
});

describe('judgeCount', () => {
  it.each<[shards: Shard[], home: number, judged: object]>([
    [[shardOf(0, 49, 50), shardOf(1, 50, 50)], 0, { state: 'free', shard: 0 }],
    [[shardOf(0, 49, 50), shardOf(1, 50, 50)], 1, { state: 'free', shard: 0 }],
    [[shardOf(0, 0, 50), shardOf(1, 0, 50)], 1, { state: 'free', shard: 1 }],
    [[shardOf(0, 50, 50), shardOf(1, 50, 50)], 0, { state: 'full' }],
    [[shardOf(0, 101, 0), shardOf(1, 0, 0)], 0, { state: 'full' }],
    [[shardOf(0, 99, 0), shardOf(1, 0, 0)], 0, { state: 'unbalanced' }],
    [[shardOf(0, 0, 50), shardOf(1, 0, 50, 99)], 0, { state: 'of another rule' }],
  ])('of %j from %i on is %j', (shards, home, judged) => {
    expect(judgeCount(shards, { maxParticipants: 100 }, home)).toEqual(judged);
  });
});

describe('splitCapacity', () => {
  const held = fc.integer({ min: 0, max: 80 });
  it('admits exactly as many people as fit, and none to a full room', () => {
    fc.assert(
      fc.property(
        fc.array(held, { minLength: 16, maxLength: 16 }),
        fc.integer({ min: 1, max: 1_500 }),
        (all, maxParticipants) => {
          const shards = all.map((count, index) => ({ index, held: count }));
          const total = all.reduce((sum, count) => sum + count, 0);
          const capacities = splitCapacity(shards, maxParticipants);
          const free = shards.map(({ held: count }, index) =>
            Math.max((capacities[index] ?? 0) - count, 0),
          );
          expect(free.reduce((sum, count) => sum + count, 0)).toBe(
            Math.max(maxParticipants - total, 0),
          );
          if (total >= maxParticipants) expect(new Set(capacities)).toEqual(new Set([0]));
        },
      ),
    );
  });
});

describe('isAbandoned', () => {
  const seat: Seat = {
    ...{ id: 'ada', shard: 0, connectedAtMs: undefined, version: 1 },
    ...{ grantedAtMs: undefined, connectionIds: [] },
  };
  const isLive = (id: string) => id === 'live';
  it.each<[seat: Partial<Seat>, isAbandoned: boolean]>([
    [{}, true],
    [{ grantedAtMs: NOW_MS - GRANT_MS + 1 }, false],
    [{ grantedAtMs: NOW_MS - GRANT_MS }, true],
    [{ connectionIds: ['gone'] }, true],
    [{ connectionIds: ['gone'], grantedAtMs: NOW_MS }, false],
    [{ connectionIds: ['gone', 'live'] }, false],
  ])('of %j is %s', (changed, expected) => {
    expect(isAbandoned({ ...seat, ...changed }, NOW_MS, isLive)).toBe(expected);
  });
});

describe('toSeatLimit', () => {
  it('is undefined without the rule', () => {
    expect(toSeatLimit(roomOf('standup'))).toBeUndefined();
    expect(toSeatLimit(roomOf('standup', { rules: { admission: 'open' } }))).toBeUndefined();
  });

  it('counts by session, or by the id that the rule got', () => {
    const room = roomOf('standup', { rules: { admission: 'open', maxParticipants: 3 } });
    const { sessionId } = room;
    expect(toSeatLimit(room)).toMatchObject({ countId: sessionId, maxParticipants: 3 });
    expect(toSeatLimit({ ...room, seatCountId: 'new' })).toMatchObject({ countId: 'new' });
  });
});
