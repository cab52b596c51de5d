import { describe, expect, it } from 'vitest';
import { readSoakOptions } from '../../../tools/soak/options.ts';

describe('the command line of the soak', () => {
  it.each<[args: string[], options: object]>([
    [[], { minutes: 1, rate: 200 }],
    [['--minutes', '10'], { minutes: 10, rate: 200 }],
    [['--minutes=0.1', '--rate=2000'], { minutes: 0.1, rate: 2_000 }],
  ])('takes %j', (args, options) => {
    expect(readSoakOptions(args)).toEqual(options);
  });

  it.each([
    [['--minutes', '61'], '--minutes must be a number from 0.1 to 60, not 61'],
    [['--minutes', 'ten'], '--minutes must be a number from 0.1 to 60, not ten'],
    [['--rate', '9'], '--rate must be a number from 10 to 2000, not 9'],
    [['--hours', '1'], "Unknown option '--hours'"],
  ])('refuses %j by name', (args, message) => {
    expect(() => readSoakOptions(args)).toThrow(message);
  });
});
