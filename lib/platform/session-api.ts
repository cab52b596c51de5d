/**
 * Creates sessions with the platform's `POST /session/create`, authenticated as the project.
 * Source: OpenTok REST API reference, "Create a session". Both environments use the same format.
 */
import type { Project } from '../domain/project.ts';
import { isSessionOf, readProjectId } from '../domain/session-id.ts';
import type { SessionOptions } from '../domain/session-request.ts';
import type { WireResponse } from '../network/send.ts';
import {
  createProjectApi,
  type PlatformCall,
  type ProjectApiOptions,
  parsePlatformJson,
  toInvalidResponse,
  toStatusFault,
} from './project-api.ts';

export type PlatformSessionRequest = PlatformCall & { readonly options: SessionOptions };

/**
 * Returns the id of the new session.
 *
 * @throws Fault `Platform…Error` or `CredentialsRefusedError`
 */
export type CreatePlatformSession = (request: PlatformSessionRequest) => Promise<string>;

export function createSessionApi(apiOptions: ProjectApiOptions): CreatePlatformSession {
  const callAsProject = createProjectApi(apiOptions);
  return async ({ options, ...call }) => {
    const response = await callAsProject({
      ...call,
      path: '/session/create',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: buildSessionForm(options),
    });
    if (response.status !== 200) throw toStatusFault(response);
    return parseSessionResponse(response, call.credentials.project);
  };
}

/** Returns the body of the request. Always sets both modes: the defaults of REST API and SDKs differ. */
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
 * Returns the id of the session. The documented response is a JSON array of one object. Only its
 * `session_id` is reliable.
 *
 * @throws Fault `PlatformInvalidResponseError` with a reason that describes the response
 */
export function parseSessionResponse(response: WireResponse, project: Project): string {
  const sessionId = readSessionId(parsePlatformJson(response));
  if (isSessionOf(project.id, sessionId)) return sessionId;
  throw toInvalidResponse(
    readProjectId(sessionId) === undefined
      ? 'its session_id is malformed'
      : 'its session belongs to another project',
  );
}

function readSessionId(response: unknown): string {
  if (!Array.isArray(response)) throw toInvalidResponse('it is not an array');
  if (response.length !== 1)
    throw toInvalidResponse(`it is an array of ${response.length} sessions`);
  const [session] = response as unknown[];
  const id = (session as { session_id?: unknown } | null)?.session_id;
  if (typeof id !== 'string') throw toInvalidResponse('its session has no session_id');
  return id;
}
