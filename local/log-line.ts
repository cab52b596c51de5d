/** One line that a function wrote, for people. Pure: no I/O. */
import type { LogRecord } from '../lib/events/log.ts';
import type { Style } from './style.ts';

const MARKS = { info: ['green', '✓'], warn: ['yellow', '!'], error: ['red', '✗'] } as const;

/** What is no record of ours stays as it is. */
export function describeLogLine(line: string, style: Style): string {
  const record = readRecord(line);
  if (!record) return line;
  const { level, message, outcome, durationMs, reason, ...rest } = record;
  const [colour, mark] = MARKS[level === 'info' && outcome === 'failed' ? 'warn' : level];
  const facts = [rest.status, rest.role, rest.sessionId, rest.fault].filter(Boolean);
  return [
    style(colour, mark),
    style('bold', rest.function ?? ''),
    message,
    ...(facts.length > 0 ? [style('dim', `(${facts.join(', ')})`)] : []),
    ...(durationMs === undefined ? [] : [style('dim', `${durationMs} ms`)]),
    ...(reason ? [reason] : []),
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
