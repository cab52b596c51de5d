/**
 * The output of `npm start -- --json`: one JSON object per line, each with a `type`. Pure: no I/O.
 *
 * - `address`: base URL of the API and its page. Both respond by then.
 * - `project`: the project that tokens are issued for; of a made-up one also what verifies them.
 * - `session`: an existing session, to issue tokens for.
 * - `route`: one line per route.
 * - `log`: the fields of a function's record. Other output is the `message`.
 * - `error`: why it does not start. It is the last line.
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
    // Output of a function that is not a log record.
  }
  return { type: 'log', message: line };
}

export function toErrorLine(cause: unknown): object {
  return { type: 'error', message: cause instanceof Error ? cause.message : String(cause) };
}
