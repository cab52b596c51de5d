/**
 * The functions behind HTTP, as API Gateway puts them there: routes, and either authorizer in front.
 * Requests are recorded and faults can be ordered as of any stand-in. The platform of the rooms sends
 * its callbacks to the function that receives them.
 */
import { handler as describeApi } from '../../handlers/describe-api.ts';
import { createClientsRoute } from '../../local/clients.ts';
import type { FindPage } from '../../local/console.ts';
import { localAws } from '../../stand-ins/aws-environment.ts';
import type { Answer } from '../../stand-ins/faults.ts';
import type { Platform } from '../../stand-ins/platform.ts';
import { findSignatureFault } from '../../stand-ins/sigv4.ts';
import { type RecordedRequest, type StandIn, startStandIn } from '../../stand-ins/stand-in.ts';
import { callbackEvent } from '../live/start-callbacks.ts';
import { roomEvent } from '../rooms/room-events.ts';
import { startRooms } from '../rooms/start-rooms.ts';
import { loadBeside, type RunningFunction, startFunction } from '../support/drive.ts';
import { OPENTOK_SECRET } from '../support/fixtures.ts';

/** What a signature for API Gateway is made with. */
export const SIGNING_SCOPE = { ...localAws, service: 'execute-api' };

export interface ApiOptions {
  /** Which authorizer stands in front; with `none` every caller is let in as a trusted one. */
  readonly auth?: 'iam' | 'jwt' | 'none';
  /** Pages in front of the API, as `npm start` has. */
  readonly findPage?: FindPage;
  /** Reads the caller of a request that no authorizer admitted. Default: a trusted caller. */
  readonly readUser?: (
    authorization: string | undefined,
  ) => Readonly<Record<string, string>> | undefined;
}

/** The sign-in token that the authorizer of `auth: 'jwt'` takes for an end user's. */
export function signIn(claims: Readonly<Record<string, string>>): string {
  return Buffer.from(JSON.stringify({ sub: 'ada', ...claims })).toString('base64url');
}

export interface ServedApi extends StandIn {
  /** The platform of the rooms, which sends signed callbacks about its clients. */
  readonly platform: Platform;
}

const CALLBACK_SECRET = 'callback-secret';

export async function serveApi(options: ApiOptions = {}): Promise<ServedApi> {
  const functions = {
    sessions: await startFunction('createSession'),
    tokens: await startFunction('issueToken'),
    inspections: await startFunction('inspectToken'),
    // The last one: the functions beside it use its platform and its table.
    rooms: await startRooms('joinRoom', {
      secret: { ...OPENTOK_SECRET, callbackSecrets: [CALLBACK_SECRET] },
      environment: { LIVE_ROOMS: 'true' },
    }),
  };
  const { platform } = functions.rooms;
  const findClients = createClientsRoute(platform);
  const guests = { invoke: await loadBeside('joinAsGuest') };
  const callbacks = { invoke: await loadBeside('receiveCallback') };
  const running = new Set<Promise<unknown>>();
  const invoke = async ({ invoke }: Pick<RunningFunction, 'invoke'>, event: object) => {
    const answering = invoke(event);
    running.add(answering);
    const answer = await answering.finally(() => running.delete(answering));
    const { statusCode, ...rest } = answer as { statusCode: number } & Omit<Answer, 'status'>;
    return { status: statusCode, ...rest };
  };
  const api = await startStandIn({
    read: (request) => request,
    answer: async (request) => {
      const { method, path, body, headers } = request;
      const page = options.findPage?.(method, path);
      if (page) return { ...page, status: page.statusCode };
      const useClient = findClients(method, path);
      if (useClient) {
        const { statusCode: status, ...response } = await useClient(Buffer.from(body));
        return { status, ...response };
      }
      const route = `${method} ${path}`;
      if (route === 'GET /openapi.json') {
        const { statusCode: status, ...document } = await describeApi();
        return { status, ...document };
      }
      const name = nameOf(route);
      // The route of guests has no authorizer.
      const admission = name === 'guests' ? {} : admit(request, options);
      if ('status' in admission) return admission;
      const ifMatch = headers['if-match'];
      const event = roomEvent({ route, ...admission, ...(ifMatch !== undefined && { ifMatch }) });
      const called = name === 'guests' ? guests : functions[name];
      return invoke(called, { ...event, ...(body && { body }) });
    },
  });
  // Apart from the API, because tests count its requests.
  const receiver = await startStandIn({
    read: (request) => request,
    answer: ({ body, headers }) => invoke(callbacks, callbackEvent(body, headers.authorization)),
  });
  platform.sendCallbacks({ url: receiver.url, secret: CALLBACK_SECRET });
  return {
    ...api,
    platform,
    close: async () => {
      await platform.callbacksSettled();
      await Promise.all([api.close(), receiver.close()]);
      await Promise.allSettled(running);
      for (const { close } of Object.values(functions).reverse()) await close();
    },
  };
}

function nameOf(route: string): 'guests' | 'inspections' | 'rooms' | 'sessions' | 'tokens' {
  if (route === 'POST /invites/tokens') return 'guests';
  if (route === 'POST /tokens/inspect') return 'inspections';
  if (!route.startsWith('POST /sessions')) return 'rooms';
  return route.endsWith('/tokens') ? 'tokens' : 'sessions';
}

/** Returns the claims of an end user, nothing for a trusted caller, or the response to a rejected request. */
function admit(
  request: RecordedRequest,
  { auth = 'none', readUser = () => undefined }: ApiOptions,
): { claims?: Readonly<Record<string, string>> } | Answer {
  if (auth === 'iam') {
    const fault = findSignatureFault(request, { scope: SIGNING_SCOPE, nowMs: Date.now() });
    return fault ? refuse(403, fault.message) : {};
  }
  if (auth === 'jwt') {
    const [, token] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    if (!token) return refuse(401, 'Unauthorized');
    return { claims: JSON.parse(Buffer.from(token, 'base64url').toString()) };
  }
  const claims = readUser(request.headers.authorization);
  return claims ? { claims } : {};
}

/** Responses of API Gateway itself are not problem documents. */
function refuse(status: number, message: string): Answer {
  const headers = { 'content-type': 'application/json' };
  return { status, headers, body: JSON.stringify({ message }) };
}
