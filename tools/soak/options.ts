/** The command line: `--minutes` 0.1 to 60 (default 1), `--rate` requests per second (default 200). */
import { parseArgs } from 'node:util';

export interface SoakOptions {
  readonly minutes: number;
  readonly rate: number;
}

/** @throws Error that says what is allowed */
export function readSoakOptions(args: readonly string[]): SoakOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '1' },
      rate: { type: 'string', default: '200' },
    },
  });
  return {
    minutes: readNumber('minutes', values.minutes, { min: 0.1, max: 60 }),
    rate: readNumber('rate', values.rate, { min: 10, max: 2_000 }),
  };
}

function readNumber(name: string, text: string, { min, max }: { min: number; max: number }) {
  const value = Number(text);
  if (value >= min && value <= max) return value;
  throw new Error(`--${name} must be a number from ${min} to ${max}, not ${text}`);
}
