/** Output of `npm start`: for people, or for programs with `--json`. */
import { inspect } from 'node:util';
import { describeLogLine } from './log-line.ts';
import { toErrorLine, toLogLine, toStartLines } from './machine-lines.ts';
import { toPrintable, toPrintableJson } from './printable.ts';
import { StartError } from './start-options.ts';
import { styleFor } from './style.ts';
import { describeStart, type Started } from './welcome.ts';

export interface Presentation {
  started(started: Started): void;
  /** @param line One line that a function wrote. */
  log(line: string): void;
  failed(cause: unknown): void;
}

interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** @param args Arguments of the command, checked or not: their errors are reported in the same form. */
export function choosePresentation(args: readonly string[], streams: Streams): Presentation {
  return args.includes('--json') ? forPrograms(streams) : forPeople(streams);
}

function forPeople({ stdout, stderr }: Streams): Presentation {
  const style = styleFor(stdout);
  return {
    started: (started) => void stdout.write(`${describeStart(started, style)}\n`),
    log: (line) => void stdout.write(`${describeLogLine(line, style)}\n`),
    failed: (cause) => {
      const text = cause instanceof StartError ? cause.message : inspect(cause);
      stderr.write(`${styleFor(stderr)('red', toPrintable(text, '\n\t'))}\n`);
    },
  };
}

/** On one stream, so that the lines keep their order. */
function forPrograms({ stdout }: Streams): Presentation {
  const print = (line: object) => void stdout.write(`${toPrintableJson(line)}\n`);
  return {
    started: (started) => toStartLines(started).forEach(print),
    log: (line) => print(toLogLine(line)),
    failed: (cause) => print(toErrorLine(cause)),
  };
}
