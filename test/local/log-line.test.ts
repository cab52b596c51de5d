import { describe, expect, it } from 'vitest';
import { describeLogLine } from '../../local/log-line.ts';
import { plain } from '../../local/style.ts';

const show = (record: object) => describeLogLine(JSON.stringify(record), plain);
const base = { source: 'http', requestId: 'r' };

describe('a line of the log, for people', () => {
  it.each<[what: string, record: object, shown: string]>([
    [
      'a success',
      {
        ...{ level: 'info', message: 'token issued', ...base, function: 'issueToken' },
        ...{ outcome: 'succeeded', role: 'publisher', sessionId: '1_x', durationMs: 3 },
      },
      '✓ issueToken token issued (publisher, 1_x) 3 ms',
    ],
    [
      'a refusal',
      {
        ...{ level: 'info', message: 'The request is not valid', ...base, function: 'issueToken' },
        ...{ outcome: 'failed', status: 400, fault: 'ValidationError', durationMs: 0 },
      },
      '! issueToken The request is not valid (400, ValidationError) 0 ms',
    ],
    [
      'a failure and its reason',
      {
        ...{ level: 'error', message: 'Internal error', ...base, function: 'joinRoom' },
        ...{ outcome: 'failed', status: 500, fault: 'InternalError', durationMs: 9, reason: 'why' },
      },
      '✗ joinRoom Internal error (500, InternalError) 9 ms why',
    ],
    ['a warning of no function', { level: 'warn', message: 'the old secret' }, '! the old secret'],
  ])('is short: %s', (_, record, shown) => {
    expect(show(record)).toBe(shown);
  });

  it('shows control characters of a record and of any other line as escapes', () => {
    const esc = '\u001b[2J';
    expect(show({ level: 'warn', message: `m${esc}`, reason: `r${esc}\nx`, fault: esc })).toBe(
      '! m\\u001b[2J (\\u001b[2J) r\\u001b[2J\\u000ax',
    );
    expect(describeLogLine(`Error: ${esc}\n    at x`, plain)).toBe('Error: \\u001b[2J\n    at x');
  });

  it.each(['Error: x', 'null', '7', '{"level":"info"}', '{"level":"toString","message":"x"}', '{'])(
    'stays as it is if it is not a record: %s',
    (line) => {
      expect(describeLogLine(line, plain)).toBe(line);
    },
  );
});
