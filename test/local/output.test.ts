import { describe, expect, it } from 'vitest';
import { createOutput } from '../../local/output.ts';

const failed = {
  message: 'The video platform rejected the credentials',
  outcome: 'failed',
  reason: 'The platform returned status 403.',
};

describe('what the functions write', () => {
  it('is shown once the API has started', () => {
    const shown: string[] = [];
    const output = createOutput((line) => shown.push(line));
    output.write('before');
    output.show();
    output.write('after');
    expect(shown).toEqual(['after']);
  });

  it.each<[what: string, lines: unknown[], told: string | undefined]>([
    ['nothing', [], undefined],
    ['a success', [{ outcome: 'succeeded', message: 'session created' }], undefined],
    [
      'a failure and its reason, in one line',
      [failed],
      'The video platform rejected the credentials: The platform returned status 403.',
    ],
    ['a failure without a reason', [{ ...failed, reason: undefined }], failed.message],
    [
      'the last failure',
      [failed, { message: 'Internal error', outcome: 'failed' }],
      'Internal error',
    ],
    ['nothing from lines that are not records', ['Error: x', 'null', '7', '"failed"'], undefined],
  ])('tells why it failed: %s', (_what, lines, told) => {
    const output = createOutput(() => undefined);
    for (const line of lines) output.write(typeof line === 'string' ? line : JSON.stringify(line));
    expect(output.explainFailure()).toBe(told);
  });
});
