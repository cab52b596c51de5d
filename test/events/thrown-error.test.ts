import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Fault, validationError } from '../../lib/domain/faults.ts';
import { toThrownError } from '../../lib/events/thrown-error.ts';

describe('the error for a direct caller', () => {
  it('has the name and the message, without the reason', () => {
    const cause = new Error('connect ECONNREFUSED');
    const fault = new Fault('PlatformUnavailableError', 'The platform is unavailable.', {
      reason: 'The call failed: ECONNREFUSED',
      retryAfterSeconds: 5,
      cause,
    });
    const error = toThrownError(fault);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(Fault);
    expect(error).toMatchObject({
      name: 'PlatformUnavailableError',
      message: 'The platform is unavailable.',
    });
    expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('ECONNREFUSED');
  });

  it('has a line for each field error in its message', () => {
    const fault = validationError([
      { pointer: '#/a', detail: 'must be x' },
      { pointer: '#/b/0', detail: 'must be y' },
    ]);
    expect(toThrownError(fault).message).toBe(
      '2 fields are not valid.\n#/a must be x\n#/b/0 must be y',
    );
  });

  it('has a stack of one line', () => {
    const fault = validationError([{ pointer: '#/a', detail: 'must be x' }]);
    expect(toThrownError(fault).stack).toBe('ValidationError: One field is not valid.');
  });
});
