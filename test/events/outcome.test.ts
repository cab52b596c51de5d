import { describe, expect, it } from 'vitest';
import { Fault, type FaultName } from '../../lib/domain/faults.ts';
import { judgeOutcome, toFailure } from '../../lib/events/outcome.ts';
import { makeFault } from '../../tools/openapi/texts/faults.ts';

describe('the log line of an invocation', () => {
  const handled = (succeeded: number, rejected: number, returned: number) => ({
    response: {},
    record: { message: 'messages handled', messages: { succeeded, rejected, returned } },
  });

  it.each([
    ['all succeeded', handled(3, 0, 0), 'info', 'succeeded'],
    ['some were rejected for good', handled(2, 1, 0), 'warn', 'succeeded'],
    ['all were rejected for good', handled(0, 1, 0), 'warn', 'succeeded'],
    ['include a returned one', handled(2, 0, 1), 'error', 'failed'],
    ['include a returned and a rejected one', handled(0, 1, 1), 'error', 'failed'],
    ['there were none', { response: {}, record: { message: 'token issued' } }, 'info', 'succeeded'],
  ])('with messages that %s', (_scenario, settled, level, outcome) => {
    expect(judgeOutcome(settled)).toEqual({ level, outcome });
  });

  it.each<[name: FaultName, level: string]>([
    ['ValidationError', 'info'],
    ['UnsupportedMediaTypeError', 'info'],
    ['InternalError', 'error'],
    ['PlatformTimeoutError', 'error'],
  ])('that fails with %s', (name, level) => {
    expect(judgeOutcome(toFailure(makeFault(name, 'x')))).toEqual({ level, outcome: 'failed' });
  });

  it('that fails has the error name and the reason', () => {
    const fault = new Fault('SecretUnavailableError', 'detail', { reason: 'inside' });
    expect(toFailure(fault)).toEqual({
      fault,
      record: {
        message: 'The credentials are unavailable',
        status: 503,
        fault: 'SecretUnavailableError',
        reason: 'inside',
      },
    });
    const messages = { succeeded: 1, rejected: 0, returned: 2 };
    expect(toFailure(fault, messages).record).toEqual({ ...toFailure(fault).record, messages });
  });
});
