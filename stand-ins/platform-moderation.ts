/**
 * The clients of sessions, and the calls that list and disconnect them:
 * `GET` and `DELETE /v2/project/{project}/session/{session}/connection…`.
 *
 * As on the platform, a session that no client has entered is a 404, and a list includes clients that have
 * left. It says nothing about who a client is.
 */
import { randomUUID } from 'node:crypto';
import type { Answer } from './faults.ts';
import { refuseInJson } from './platform-answers.ts';

export interface Connection {
  readonly id: string;
  readonly createdAtMs: number;
  /** The connection data of the client's token. */
  readonly data: string;
  readonly state: 'Connecting' | 'Connected' | 'Disconnected';
}

export interface PlatformClients {
  /** Connects a client to a session. Returns the connection. */
  connect(sessionId: string, options?: Partial<Connection>): Connection;
  /** The client disconnects. */
  leave(sessionId: string, connectionId: string): void;
  /** Connections of a session, also those that have ended, in the order in which they began. */
  connectionsOf(sessionId: string): readonly Connection[];
  /** Returns the session of a connection and its state; `undefined` for an unknown id. */
  findClient(
    connectionId: string,
  ): { readonly sessionId: string; readonly state: Connection['state'] } | undefined;
}

export type ReportConnection = (
  event: 'connectionCreated' | 'connectionDestroyed',
  of: {
    readonly sessionId: string;
    readonly connection: Connection;
    /** Why the connection ended. */
    readonly reason?: string;
  },
) => void;

interface ModerationCall {
  readonly method: string;
  readonly path: string;
  /** Id of the project that the call is authenticated for. */
  readonly projectId: string;
}

const PATH = /^\/v2\/project\/([^/]+)\/session\/([^/]+)\/connection(?:\/([^/]+))?$/;

/** Whether a path is of these calls. */
export function isModeration(path: string): boolean {
  return PATH.test(path);
}

/** @param report Called when a client has connected or disconnected. */
export function createPlatformClients(
  nowMs: () => number,
  report: ReportConnection = () => undefined,
): PlatformClients & { readonly moderate: (call: ModerationCall) => Answer } {
  const sessions = new Map<string, Map<string, Connection>>();
  const sessionOf = new Map<string, string>();

  const end = (sessionId: string, connectionId: string, reason: string): boolean => {
    const connection = sessions.get(sessionId)?.get(connectionId);
    if (!connection || connection.state === 'Disconnected') return false;
    sessions.get(sessionId)?.set(connectionId, { ...connection, state: 'Disconnected' });
    report('connectionDestroyed', { sessionId, connection, reason });
    return true;
  };

  const list = (sessionId: string, projectId: string): Answer => {
    const connections = [...(sessions.get(sessionId)?.values() ?? [])];
    const items = connections.map(({ id, createdAtMs, state }) => ({
      connectionId: id,
      createdAt: createdAtMs,
      connectionState: state,
    }));
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ count: items.length, projectId, sessionId, items }),
    };
  };

  return {
    connect: (sessionId, options = {}) => {
      const connection: Connection = {
        ...{ id: randomUUID(), createdAtMs: nowMs(), data: '', state: 'Connected' },
        ...options,
      };
      const connections = sessions.get(sessionId) ?? new Map<string, Connection>();
      sessions.set(sessionId, connections.set(connection.id, connection));
      sessionOf.set(connection.id, sessionId);
      report('connectionCreated', { sessionId, connection });
      return connection;
    },
    leave: (sessionId, connectionId) => void end(sessionId, connectionId, 'clientDisconnected'),
    connectionsOf: (sessionId) => [...(sessions.get(sessionId)?.values() ?? [])],
    findClient: (connectionId) => {
      const sessionId = sessionOf.get(connectionId) ?? '';
      const connection = sessions.get(sessionId)?.get(connectionId);
      return connection && { sessionId, state: connection.state };
    },
    moderate: ({ method, path, projectId }) => {
      const [, project, sessionId = '', connectionId] = PATH.exec(path) ?? [];
      if (project !== projectId) return refuseInJson({ status: 403, message: 'Forbidden' });
      if (method !== (connectionId ? 'DELETE' : 'GET')) {
        return refuseInJson({ status: 405, message: 'Method not allowed' });
      }
      if (!sessions.has(sessionId)) return refuseInJson({ status: 404, message: 'Not found' });
      if (!connectionId) return list(sessionId, projectId);
      return end(sessionId, connectionId, 'forceDisconnected')
        ? { status: 204 }
        : refuseInJson({ status: 404, message: 'Not found' });
    },
  };
}
