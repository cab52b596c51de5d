/** The route of callbacks: the body stays as it arrived, because the signature covers its bytes. Pure: no I/O. */
import { Fault } from '../../domain/faults.ts';
import { readHeaderValue } from '../../events/header-values.ts';
import { assertMethod, type HttpRequest } from '../../events/http-request.ts';
import type { LogRecord } from '../../events/log.ts';
import type { CallbackRequest, CallbackResult } from '../use-cases/receive-callback.ts';

/** @throws Fault `MethodNotAllowedError` */
export function readCallbackRequest(http: HttpRequest): CallbackRequest {
  assertMethod(http, 'POST');
  const body = http.body instanceof Uint8Array ? http.body : new Uint8Array();
  return { body, authorization: readHeaderValue(http.event, 'authorization') || undefined };
}

/** @throws Fault `ValidationError`: only the platform sends callbacks, over HTTP */
export function parseDirectCallback(): never {
  throw new Fault('ValidationError', 'Callbacks are accepted at POST /callbacks only.');
}

const MESSAGES = {
  published: 'callback received',
  duplicate: 'callback received before',
  empty: 'empty request',
} as const satisfies Record<CallbackResult['outcome'], string>;

export function toCallbackLogFields({
  outcome,
  event,
  sessionId,
  participantsRemoved = 0,
}: CallbackResult): Pick<LogRecord, 'message' | 'sessionId' | 'event' | 'participantsRemoved'> {
  return {
    message: MESSAGES[outcome],
    ...(event !== undefined && { event }),
    ...(sessionId !== undefined && { sessionId }),
    ...(participantsRemoved > 0 && { participantsRemoved }),
  };
}
