/**
 * What the platform's address has been seen to answer when something is wrong, for `fail`.
 */
import type { Answer, Fault } from './faults.ts';
import { answerInXml, refuseInJson } from './platform-answers.ts';
import { mintSessionId } from './session-id.ts';

/** Answers that the platform gives, or that something in between gives for it, for `fail`. */
export const platformFaults = {
  /** 401 without explanation. */
  unauthorized: { kind: 'answer', status: 401 },
  /** 403 as for a wrong secret. */
  invalidSignature: {
    kind: 'answer',
    ...refuseInJson({ status: 403, message: 'Invalid signature' }),
  },
  badRequest: { kind: 'answer', ...refuseInJson({ status: 400, message: 'Bad request' }) },
  /** 503 with an empty `text/xml` body, as the platform does it. */
  unavailable: { kind: 'answer', status: 503, headers: { 'content-type': 'text/xml' } },
  html: {
    kind: 'answer',
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<!doctype html><title>Welcome</title>',
  },
  /** The right answer in XML, as to a caller that did not ask for JSON. */
  xml: {
    kind: 'altered',
    alter: ({ body = '[]' }) => {
      const [{ session_id, project_id }] = JSON.parse(body);
      return answerInXml({ sessionId: session_id, projectId: project_id, createdAtMs: Date.now() });
    },
  },
  empty: { kind: 'answer', status: 200, headers: { 'content-type': 'application/json' } },
  invalidJson: { kind: 'altered', alter: replaceBody((body) => body.slice(0, -2)) },
  emptyArray: { kind: 'altered', alter: replaceBody(() => '[]') },
  wrongContentType: {
    kind: 'altered',
    alter: (usual) => ({ ...usual, headers: { 'content-type': 'text/plain' } }),
  },
  withoutSessionId: {
    kind: 'altered',
    alter: replaceBody((body) => {
      const [{ session_id: _, ...rest }] = JSON.parse(body);
      return JSON.stringify([rest]);
    }),
  },
  foreignSession: {
    kind: 'altered',
    alter: replaceBody((body) => {
      const [session] = JSON.parse(body);
      return JSON.stringify([{ ...session, session_id: mintSessionId({ projectId: '99999999' }) }]);
    }),
  },
} satisfies Record<string, Fault>;

/** A status with an empty body. @param headers Such as `{ 'retry-after': '1' }`. */
export function statusFault(status: number, headers: Record<string, string> = {}): Fault {
  return { kind: 'answer', status, headers };
}

/** A 302 to another address. */
export function redirectFault(location: string): Fault {
  return statusFault(302, { location });
}

function replaceBody(replace: (body: string) => string): (usual: Answer) => Answer {
  return (usual) => ({ ...usual, body: replace(usual.body ?? '') });
}
