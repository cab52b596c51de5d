/**
 * `npm start -- --json`: everything that it tells, as one JSON object a line, each with its `type`.
 * Pure: no I/O.
 *
 * - `address`: where the API answers, with its page, and does by the time of the line.
 * - `project`: whose tokens it issues, and what those of a made-up one can be checked with.
 * - `session`: one that exists, to issue tokens for.
 * - `route`: one for each.
 * - `log`: the fields of a function's record; a line that is none has it as its `message`.
 * - `error`: why it does not start; the last line.
 */
import { describeProject } from './described-project.ts';
import type { Started } from './welcome.ts';

export function toStartLines(started: Started): readonly object[] {
  const { url, sessionId, routes } = started;
  return [
    { type: 'address', url },
    { type: 'project', ...describeProject(started) },
    { type: 'session', sessionId },
    ...routes.map(({ method, path, functionName }) => ({
      ...{ type: 'route', method, path, function: functionName },
    })),
  ];
}

export function toLogLine(line: string): object {
  try {
    const record: unknown = JSON.parse(line);
    if (typeof record === 'object' && record !== null) return { type: 'log', ...record };
  } catch {
    // Whatever a function writes past its log.
  }
  return { type: 'log', message: line };
}

export function toErrorLine(cause: unknown): object {
  return { type: 'error', message: cause instanceof Error ? cause.message : String(cause) };
}
