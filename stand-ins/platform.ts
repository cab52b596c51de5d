/**
 * A stand-in for the REST API of OpenTok and of Vonage Video: `POST /session/create`, and the calls that
 * list and disconnect the clients of a session (platform-moderation.ts).
 *
 * It checks the authentication and every field of a call. A new session has an id in the platform's format;
 * the response is JSON, or XML for a caller that does not accept JSON.
 */
import { readProjectId } from '../lib/domain/session-id.ts';
import {
  type CallbackTarget,
  connectionCallback,
  createCallbackSender,
  sessionCallback,
} from './callbacks.ts';
import { readClientToken, type TokenRefusal } from './client-token.ts';
import type { Answer } from './faults.ts';
import { answerInJson, answerInXml, refuseInJson, refuseInXml } from './platform-answers.ts';
import { authenticate, idOf, type Project } from './platform-auth.ts';
import { type Form, findFormFault, parseForm } from './platform-form.ts';
import {
  createPlatformClients,
  isModeration,
  type PlatformClients,
  type ReportConnection,
} from './platform-moderation.ts';
import { mintSessionId } from './session-id.ts';
import { type RecordedRequest, type StandIn, startStandIn } from './stand-in.ts';

export type { Project } from './platform-auth.ts';

/** A request with its form fields; empty when a field came twice. */
export interface PlatformRequest extends RecordedRequest {
  readonly form: Form;
}

/** A running stand-in. */
export interface Platform extends StandIn<PlatformRequest>, PlatformClients {
  /** Adds a project, or gives a known one other credentials (a rotation). */
  setProject(project: Project): void;
  /** Sends signed callbacks about new sessions and their clients from now on. */
  sendCallbacks(target: CallbackTarget): void;
  /** Connects a client with a token, which is checked as the platform checks it. */
  connectWithToken(token: string): { readonly connectionId: string } | TokenRefusal;
  /** Resolves when every callback so far was answered, or could not be sent. */
  callbacksSettled(): Promise<void>;
}

/** The part of it that simulates clients. */
export type StandInClients = Pick<
  Platform,
  'connectWithToken' | 'findClient' | 'leave' | 'callbacksSettled'
>;

/**
 * Starts it.
 *
 * @param options.projects The projects it knows. @param options.tls HTTPS with the test certificate.
 * @param options.nowMs The clock that JWTs are checked against. Default the real one.
 */
export async function startPlatform({
  projects = [],
  tls,
  nowMs = Date.now,
}: {
  projects?: readonly Project[];
  tls?: boolean;
  nowMs?: () => number;
} = {}): Promise<Platform> {
  const known = new Map(projects.map((project) => [idOf(project), project]));
  const callbacks = createCallbackSender();
  const describe = (sessionId: string) => {
    return { sessionId, projectId: readProjectId(sessionId) ?? '', timestamp: nowMs() };
  };
  const report: ReportConnection = (event, { sessionId, connection, reason }) => {
    const { id: connectionId, createdAtMs: createdAt, data } = connection;
    const person = { connectionId, createdAt, data };
    callbacks.send(connectionCallback(event, describe(sessionId), person, reason));
  };
  const { moderate, ...clients } = createPlatformClients(nowMs, report);
  const standIn = await startStandIn<PlatformRequest>({
    tls,
    read: (request) => ({ ...request, form: parseForm(request.body) ?? {} }),
    answer: (request) => {
      const projects = [...known.values()];
      if (!isModeration(request.path)) {
        const onCreated = (sessionId: string) =>
          callbacks.send(sessionCallback('sessionCreated', describe(sessionId)));
        return createSession(request, { projects, nowMs: nowMs(), onCreated });
      }
      const project = authenticate(request.headers, { projects, nowSeconds: nowMs() / 1000 });
      if ('status' in project) return refuseInJson(project);
      return moderate({ ...request, projectId: idOf(project) });
    },
  });
  const setProject = (project: Project) => void known.set(idOf(project), project);
  return {
    ...standIn,
    ...clients,
    setProject,
    sendCallbacks: callbacks.setTarget,
    connectWithToken: (text) => {
      const projects = [...known.values()];
      const token = readClientToken(text, { projects, nowSeconds: nowMs() / 1000 });
      if ('refused' in token) return token;
      return { connectionId: clients.connect(token.sessionId, { data: token.data }).id };
    },
    callbacksSettled: callbacks.settled,
    close: async () => {
      await callbacks.settled();
      await standIn.close();
    },
  };
}

function createSession(
  request: PlatformRequest,
  {
    projects,
    nowMs,
    onCreated,
  }: {
    projects: readonly Project[];
    nowMs: number;
    onCreated: (sessionId: string) => void;
  },
): Answer {
  const { method, path, headers, form, body } = request;
  const wantsJson = (headers.accept ?? '').includes('application/json');
  const refuse = wantsJson ? refuseInJson : refuseInXml;
  if (path !== '/session/create') return refuse({ status: 404, message: 'Not found' });
  if (method !== 'POST') return refuse({ status: 405, message: 'Method not allowed' });

  const project = authenticate(headers, { projects, nowSeconds: nowMs / 1000 });
  if ('status' in project) return refuse(project);

  const [mediaType] = (headers['content-type'] ?? '').split(';');
  if (mediaType?.trim() !== 'application/x-www-form-urlencoded') {
    return refuse({ status: 415, message: 'Unsupported media type' });
  }
  const formFault = parseForm(body) ? findFormFault(form) : 'A field is given twice';
  if (formFault) {
    return refuse({ status: 400, message: formFault, code: 'apiKey' in project ? -1 : 400 });
  }
  const sessionId = mintSessionId({
    projectId: idOf(project),
    location: form['location'],
    relayed: form['p2p.preference'] === 'enabled',
    createdAtMs: nowMs,
  });
  // The platform sends it when the first client connects; here no client may ever come.
  onCreated(sessionId);
  const session = { sessionId, projectId: idOf(project), createdAtMs: nowMs };
  return wantsJson ? answerInJson(session) : answerInXml(session);
}
