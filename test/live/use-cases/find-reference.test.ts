import { describe, expect, it, vi } from 'vitest';
import {
  createFindReference,
  type ReadReference,
} from '../../../lib/live/use-cases/find-reference.ts';
import { NOW_MS } from '../../support/fixtures.ts';

const ample = () => 10_000;
const room = { name: 'ward', sessionId: 'session' };

function open(reference: string | undefined) {
  let nowMs = NOW_MS;
  const readReference = vi.fn<ReadReference>(async () => reference);
  const findReference = createFindReference({ readReference, now: () => nowMs });
  return {
    readReference,
    findReference: (sessionId = room.sessionId) => findReference({ ...room, sessionId }, ample),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('createFindReference', () => {
  it.each([
    ['appointment-4711', 'appointment-4711'],
    ['', ''],
    [undefined, null],
  ])('finds the reference %j as %j', async (reference, expected) => {
    expect(await open(reference).findReference()).toBe(expected);
  });

  it.each([
    [59_999, 1],
    [60_000, 2],
  ])('reads a session again after %d ms: %d reads', async (ms, reads) => {
    for (const reference of ['a', undefined]) {
      const { findReference, readReference, pass } = open(reference);
      await findReference();
      pass(ms);
      await findReference();
      expect(readReference).toHaveBeenCalledTimes(reads);
    }
  });

  it('does not remember a failure', async () => {
    const { findReference, readReference } = open('a');
    readReference.mockRejectedValueOnce(new Error('down'));
    await expect(findReference()).rejects.toThrow('down');
    expect(await findReference()).toBe('a');
  });

  it('remembers the last 1,000 sessions', async () => {
    const { findReference, readReference } = open('a');
    for (let index = 0; index <= 1_000; index += 1) await findReference(`s-${index}`);
    await findReference('s-1');
    expect(readReference).toHaveBeenCalledTimes(1_001);
    await findReference('s-0');
    expect(readReference).toHaveBeenCalledTimes(1_002);
  });
});
