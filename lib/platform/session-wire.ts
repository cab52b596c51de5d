/**
 * The wire format of the platform's `POST /session/create`. Pure: no I/O.
 * Source: OpenTok REST API reference, "Create a session"; the same in both environments.
 */
import { Fault } from '../domain/faults.ts';
import type { Project } from '../domain/project.ts';
import { isSessionOf, readProjectId } from '../domain/session-id.ts';
import type { SessionOptions } from '../domain/session-request.ts';
import type { WireResponse } from '../network/send.ts';

/** The form's body. Both modes are always sent: the defaults of REST API and SDKs differ. */
export function buildSessionForm(options: SessionOptions): string {
  const form = new URLSearchParams({
    'p2p.preference': options.mediaMode === 'relayed' ? 'enabled' : 'disabled',
    archiveMode: options.archiveMode,
  });
  if (options.location !== undefined) form.set('location', options.location);
  if (options.archiveName !== undefined) form.set('archiveName', options.archiveName);
  if (options.archiveResolution !== undefined) {
    form.set('archiveResolution', options.archiveResolution);
  }
  if (options.e2ee) form.set('e2ee', 'true');
  return form.toString();
}

/**
 * The id of the created session. The documented answer is a JSON array of one object, of whose
 * fields only `session_id` is dependable.
 *
 * @throws Fault `PlatformInvalidResponseError` whose reason says what the answer was instead
 */
export function parseSessionResponse({ headers, body }: WireResponse, project: Project): string {
  const contentType = String(headers['content-type'] ?? 'none');
  if (!/^application\/json\b/i.test(contentType)) {
    throw unusable(`its content type is ${contentType.slice(0, 80)}`);
  }
  const sessionId = readSessionId(parseJson(body));
  if (isSessionOf(project.id, sessionId)) return sessionId;
  throw unusable(
    readProjectId(sessionId) === undefined
      ? 'its session_id is no session id'
      : 'its session belongs to another project',
  );
}

function parseJson(body: string): unknown {
  if (body === '') throw unusable('it is empty');
  try {
    return JSON.parse(body);
  } catch {
    throw unusable(`it is not JSON (${body.length} characters)`);
  }
}

function readSessionId(answer: unknown): string {
  if (!Array.isArray(answer)) throw unusable('it is not an array');
  if (answer.length !== 1) throw unusable(`it is an array of ${answer.length} sessions`);
  const [session] = answer as unknown[];
  const id = (session as { session_id?: unknown } | null)?.session_id;
  if (typeof id !== 'string') throw unusable('its session has no session_id');
  return id;
}

export function unusable(what: string): Fault {
  return new Fault('PlatformInvalidResponseError', 'The video platform gave an unusable answer.', {
    reason: `The platform's answer is unusable: ${what}.`,
  });
}
