import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog, type LogLevel } from '../../lib/events/log.ts';

const levels: LogLevel[] = ['info', 'warn', 'error'];
const printed: [level: string, ...values: unknown[]][] = [];
beforeEach(() => {
  printed.length = 0;
  for (const level of levels) {
    vi.spyOn(console, level).mockImplementation((...values) => {
      printed.push([level, ...values]);
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('the log', () => {
  it.each(levels)('writes level %s as a line of JSON with the level', (level) => {
    createLog(undefined)(level, { message: 'x', function: 'f', durationMs: 7 });
    const line = JSON.stringify({ level, message: 'x', function: 'f', durationMs: 7 });
    expect(printed).toEqual([[level, line]]);
  });

  it.each(levels)('passes level %s to the console if Lambda writes JSON', (level) => {
    createLog('JSON')(level, { message: 'x', function: 'f' });
    expect(printed).toEqual([[level, { message: 'x', function: 'f' }]]);
  });

  it.each(['Text', 'json', ''])('writes its own line with the format %j', (format) => {
    createLog(format)('info', { message: 'x' });
    expect(printed).toEqual([['info', '{"level":"info","message":"x"}']]);
  });

  it('writes one line for a reason with line breaks', () => {
    createLog(undefined)('error', { message: 'x', reason: 'a\nb\r\u2028c' });
    expect(String(printed[0]?.[1])).not.toMatch(/[\n\r]/);
  });

  it.each([
    [500, 500],
    [501, 500],
    [100_000, 500],
  ])('truncates a reason of %i characters to %i', (length, expected) => {
    createLog('JSON')('error', { message: 'x', reason: 'y'.repeat(length) });
    expect(printed).toEqual([['error', { message: 'x', reason: 'y'.repeat(expected) }]]);
  });
});
