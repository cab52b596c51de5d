/**
 * The platform's answers to session/create, word for word as captured from it.
 */
import { randomUUID } from 'node:crypto';
import type { Answer } from './faults.ts';

/** Why a call is refused. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  /** In the body, not of HTTP. Default -1. */
  readonly code?: number;
}

/** A refusal for a caller that accepts JSON. */
export function refuseInJson({ status, message, code = -1 }: Refusal): Answer {
  if (status === 401) return { status };
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, message, ...(code === -1 && { description: message }) }),
  };
}

/** A refusal for any other caller. */
export function refuseInXml({ status, message, code = -1 }: Refusal): Answer {
  return {
    status,
    headers: { 'content-type': 'text/xml' },
    body: `<errorPayload><code>${code}</code><message>${message}</message></errorPayload>`,
  };
}

/** What an answer says about a session. */
export interface CreatedSession {
  readonly sessionId: string;
  readonly projectId: string;
  readonly createdAtMs: number;
}

/** The array of one session that `Accept: application/json` asks for. */
export function answerInJson({ sessionId, projectId, createdAtMs }: CreatedSession): Answer {
  const session = {
    session_id: sessionId,
    project_id: projectId,
    partner_id: projectId,
    create_dt: toJavaDate(createdAtMs),
    session_status: null,
    status_invalid: null,
    media_server_hostname: null,
    messaging_server_url: null,
    messaging_url: null,
    symphony_address: null,
    properties: null,
    ice_server: null,
    session_segment_id: randomUUID(),
    ice_servers: null,
    ice_credential_expiration: 86_100,
  };
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([session]),
  };
}

/** The deprecated form of the same, for any other caller. */
export function answerInXml({ sessionId, projectId, createdAtMs }: CreatedSession): Answer {
  const fields = `<session_id>${sessionId}</session_id><partner_id>${projectId}</partner_id><create_dt>${toJavaDate(createdAtMs)}</create_dt>`;
  return {
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: `<sessions><Session>${fields}</Session></sessions>`,
  };
}

/** Such as `Fri Feb 14 05:14:54 UTC 2025`. */
function toJavaDate(timeMs: number): string {
  const [weekday, day, month, year, time] = new Date(timeMs).toUTCString().split(/,? /);
  return `${weekday} ${month} ${day} ${time} UTC ${year}`;
}
