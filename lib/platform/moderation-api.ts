/**
 * Lists and disconnects the clients of a session, with the platform's calls for moderation. The platform
 * does not say who a client is. Source: OpenTok REST API reference, "Moderation"; Java SDK 4.17.
 */
import type { WireResponse } from '../network/send.ts';
import {
  createProjectApi,
  type PlatformCall,
  type ProjectApiOptions,
  parsePlatformJson,
  toInvalidResponse,
  toStatusFault,
} from './project-api.ts';

/** A client that connects or is connected. */
export interface PlatformConnection {
  readonly id: string;
  /** Milliseconds since the UNIX epoch. */
  readonly createdAtMs: number;
}

export type PlatformSessionCall = PlatformCall & { readonly sessionId: string };

/** Every method throws Fault `Platform…Error` or `CredentialsRefusedError`. */
export interface ModerationApi {
  /** Returns the clients that are in a session, in the order of the platform. */
  readonly listConnections: (of: PlatformSessionCall) => Promise<readonly PlatformConnection[]>;
  /** Disconnects a client. Succeeds as well if it has left. */
  readonly disconnect: (
    of: PlatformSessionCall & { readonly connectionId: string },
  ) => Promise<void>;
}

/** A session has at most 15,000 clients, of 120 bytes each; the list includes clients that have left. */
const MAX_LIST_BYTES = 8 * 1024 * 1024;

export function createModerationApi(apiOptions: ProjectApiOptions): ModerationApi {
  const callAsProject = createProjectApi(apiOptions);
  return {
    listConnections: async ({ sessionId, ...call }) => {
      const response = await callAsProject({
        ...call,
        method: 'GET',
        path: toConnectionsPath(call, sessionId),
        maxResponseBytes: MAX_LIST_BYTES,
      });
      // No client has entered the session yet.
      if (response.status === 404) return [];
      if (response.status !== 200) throw toStatusFault(response);
      return parseConnections(response);
    },
    disconnect: async ({ sessionId, connectionId, ...call }) => {
      const response = await callAsProject({
        ...call,
        method: 'DELETE',
        path: `${toConnectionsPath(call, sessionId)}/${encodeURIComponent(connectionId)}`,
      });
      if (response.status !== 204 && response.status !== 404) throw toStatusFault(response);
    },
  };
}

function toConnectionsPath({ credentials }: PlatformCall, sessionId: string): string {
  const [project, session] = [credentials.project.id, sessionId].map(encodeURIComponent);
  return `/v2/project/${project}/session/${session}/connection`;
}

const IS_PRESENT: Readonly<Record<string, boolean>> = {
  Connecting: true,
  Connected: true,
  Disconnected: false,
};

function parseConnections(response: WireResponse): readonly PlatformConnection[] {
  const { items } = Object(parsePlatformJson(response));
  if (!Array.isArray(items)) throw toInvalidResponse('it has no list of connections');
  return items.flatMap((item: unknown) => {
    const { connectionId, createdAt, connectionState } = Object(item);
    const isPresent = Object.hasOwn(IS_PRESENT, connectionState)
      ? IS_PRESENT[connectionState]
      : undefined;
    if (typeof connectionId !== 'string' || connectionId === '' || isPresent === undefined) {
      throw toInvalidResponse('one of its connections has no id or an unknown state');
    }
    if (!Number.isSafeInteger(createdAt) || createdAt < 0) {
      throw toInvalidResponse('one of its connections has no time');
    }
    return isPresent ? [{ id: connectionId, createdAtMs: createdAt }] : [];
  });
}
