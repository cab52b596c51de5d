/** Log lines of the functions, for people. Pure: no I/O. */
import type { LogRecord } from '../lib/events/log.ts';
import { toPrintable } from './printable.ts';
import type { Style } from './style.ts';

const MARKS = { info: ['green', '✓'], warn: ['yellow', '!'], error: ['red', '✗'] } as const;

/** Shortens a log record; returns other lines as they are, except for control characters. */
export function describeLogLine(line: string, style: Style): string {
  const record = readRecord(line);
  if (!record) return toPrintable(line, '\n\t');
  const { level, message, outcome, durationMs, reason, ...rest } = record;
  const [colour, mark] = MARKS[level === 'info' && outcome === 'failed' ? 'warn' : level];
  const facts = [rest.status, rest.role, rest.sessionId, rest.fault].filter(Boolean);
  return [
    style(colour, mark),
    style('bold', toPrintable(String(rest.function ?? ''))),
    toPrintable(String(message)),
    ...(facts.length > 0 ? [style('dim', toPrintable(`(${facts.join(', ')})`))] : []),
    ...(durationMs === undefined ? [] : [style('dim', toPrintable(`${durationMs} ms`))]),
    ...(reason ? [toPrintable(String(reason))] : []),
  ]
    .filter(Boolean)
    .join(' ');
}

type Record = LogRecord & { readonly level: keyof typeof MARKS };

function readRecord(line: string): Record | undefined {
  try {
    const record: Partial<Record> = Object(JSON.parse(line));
    const isOurs = Object.hasOwn(MARKS, record.level ?? '') && record.message;
    return isOurs ? (record as Record) : undefined;
  } catch {
    return undefined;
  }
}
