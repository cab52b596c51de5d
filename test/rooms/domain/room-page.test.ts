import { describe, expect, it } from 'vitest';
import { parseRoomPage, type RoomPage, readRoomPage } from '../../../lib/rooms/domain/room-page.ts';
import { catchPointers } from '../../support/faults.ts';

const read = (query: string): RoomPage => {
  const parameters = new URLSearchParams(query);
  return readRoomPage((name) => parameters.getAll(name));
};

describe('readRoomPage', () => {
  it.each([
    ['', { limit: 100 }],
    ['limit=1', { limit: 1 }],
    ['limit=100', { limit: 100 }],
    ['after=standup', { limit: 100, after: 'standup' }],
    ['limit=2&after=a%2Bb', { limit: 2, after: 'a+b' }],
    ['page=2', { limit: 100 }],
  ])('reads the query "%s"', (query, expected) => {
    expect(read(query)).toEqual(expected);
  });

  it.each([
    ['limit=', ['#/limit']],
    ['limit=0', ['#/limit']],
    ['limit=101', ['#/limit']],
    ['limit=-1', ['#/limit']],
    ['limit=1.5', ['#/limit']],
    ['limit=1e1', ['#/limit']],
    ['limit=%201', ['#/limit']],
    ['limit=9007199254740993', ['#/limit']],
    ['limit=10&limit=10', ['#/limit']],
    ['after=', ['#/after']],
    ['after=a/b', ['#/after']],
    ['after=..', ['#/after']],
    [`after=${'a'.repeat(129)}`, ['#/after']],
    ['after=a&after=b', ['#/after']],
    ['limit=x&after=%00', ['#/limit', '#/after']],
  ])('rejects the query "%s"', async (query, pointers) => {
    expect(await catchPointers(() => read(query))).toEqual(pointers);
  });
});

describe('parseRoomPage', () => {
  it.each([
    [{}, { limit: 100 }],
    [
      { limit: 7, after: 'standup' },
      { limit: 7, after: 'standup' },
    ],
  ])('parses %j', (fields, expected) => {
    expect(parseRoomPage(fields)).toEqual(expected);
  });

  it.each([
    [{ limit: '7' }, ['#/limit']],
    [{ limit: null }, ['#/limit']],
    [{ limit: 0.5 }, ['#/limit']],
    [{ after: null }, ['#/after']],
    [{ after: 7 }, ['#/after']],
    [{ room: 'standup' }, ['#/room']],
  ])('rejects %j', async (fields, pointers) => {
    expect(await catchPointers(() => parseRoomPage(fields))).toEqual(pointers);
  });
});
