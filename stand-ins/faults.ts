/**
 * The faults that a stand-in can have instead of its usual response.
 *
 * Every fault happens on a real socket, so the code under test meets what it would meet in
 * production: a reset is an RST, a truncated answer really ends early.
 */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A complete HTTP answer. Without `content-type` in `headers` none is sent. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * - `answer`: this answer in place of the usual one.
 * - `altered`: the usual answer, changed by `alter`.
 * - `reset`: the connection is reset (RST) instead of an answer.
 * - `stale-keep-alive`: a connection that has served before is closed when it is used again; waits
 *   for such a connection and leaves new ones alone.
 * - `hang`: no answer until the stand-in is closed.
 * - `delay`: the usual answer, but only after `until` settles or `delayMs` milliseconds passed.
 * - `stall`: status, headers and half of the usual body, then silence.
 * - `truncated`: half of the usual body under the whole one's `content-length`, then the end.
 * - `huge-body`: `bytes` bytes of `contentType` (default JSON white space), streamed; `declared`
 *   announces them in `content-length`.
 * - `garbage`: bytes that are not HTTP.
 */
export type Fault =
  | ({ readonly kind: 'answer' } & Answer)
  | { readonly kind: 'altered'; readonly alter: (usual: Answer) => Answer }
  | { readonly kind: 'reset' }
  | { readonly kind: 'stale-keep-alive' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'delay'; readonly until: Promise<unknown> }
  | { readonly kind: 'delay'; readonly delayMs: number }
  | { readonly kind: 'stall' }
  | { readonly kind: 'truncated' }
  | {
      readonly kind: 'huge-body';
      readonly bytes: number;
      readonly contentType?: string;
      readonly declared?: boolean;
    }
  | { readonly kind: 'garbage' };

/** What a fault works on: the answer's two ways out, and what would have been answered. */
export interface FaultTarget {
  readonly response: ServerResponse;
  /** The TCP socket, also below TLS. */
  readonly socket: Socket;
  readonly usualAnswer: () => Promise<Answer>;
  /** Aborts when the stand-in closes. */
  readonly closing: AbortSignal;
}

/** Sends a complete answer. */
export function send(response: ServerResponse, answer: Answer): void {
  const body = answer.body ?? '';
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** Carries out one fault. Settles when nothing more will be sent. */
export async function applyFault(fault: Fault, target: FaultTarget): Promise<void> {
  const { response, socket, usualAnswer } = target;
  switch (fault.kind) {
    case 'answer':
      return send(response, fault);
    case 'altered':
      return send(response, fault.alter(await usualAnswer()));
    case 'reset':
      socket.resetAndDestroy();
      return;
    case 'stale-keep-alive':
      socket.destroy();
      return;
    case 'hang':
      return;
    case 'delay':
      return answerLater(fault, target);
    case 'stall':
      return sendHalf(target);
    case 'truncated':
      // An RST could overtake what was sent; a plain end cuts at the same byte every time.
      return sendHalf(target, () => socket.destroy());
    case 'huge-body':
      return stream(fault, response);
    case 'garbage':
      response.socket?.end('this is not HTTP\r\n\r\n');
      return;
  }
}

async function answerLater(
  fault: Extract<Fault, { kind: 'delay' }>,
  { response, usualAnswer, closing }: FaultTarget,
): Promise<void> {
  if ('until' in fault) {
    await fault.until.catch(() => {});
  } else {
    await sleep(fault.delayMs, undefined, { signal: closing }).catch(() => {});
  }
  if (!closing.aborted && !response.destroyed) send(response, await usualAnswer());
}

async function sendHalf({ response, usualAnswer }: FaultTarget, sent?: () => void): Promise<void> {
  const { status, headers, body = '' } = await usualAnswer();
  const whole = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': whole.length });
  response.write(whole.subarray(0, whole.length / 2), sent);
}

async function stream(
  fault: Extract<Fault, { kind: 'huge-body' }>,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(200, {
    'content-type': fault.contentType ?? 'application/json',
    ...(fault.declared ? { 'content-length': fault.bytes } : {}),
  });
  const piece = Buffer.alloc(64 * 1024, ' ');
  for (let left = fault.bytes; left > 0 && !response.destroyed; left -= piece.length) {
    const roomLeft = response.write(left < piece.length ? piece.subarray(0, left) : piece);
    if (!roomLeft) await drainedOrClosed(response);
  }
  response.end();
}

function drainedOrClosed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
    if (response.destroyed) done();
  });
}
