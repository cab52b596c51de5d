/**
 * One HTTP exchange with nothing in between, so that a test sees what a stand-in really sent.
 */
import {
  type Agent as HttpAgent,
  type IncomingHttpHeaders,
  request as requestHttp,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { testCertificate } from '../../stand-ins/test-certificate.ts';

export interface RawCall {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly agent?: HttpAgent;
}

export interface RawAnswer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Rejects with Node's own error when the exchange is cut short. */
export function rawCall(url: string, call: RawCall = {}): Promise<RawAnswer> {
  const { method = 'GET', headers = {}, body, agent } = call;
  const options = { method, headers, ...(agent && { agent }) };
  return new Promise((resolve, reject) => {
    const request = url.startsWith('https:')
      ? requestHttps(url, { ...options, ca: testCertificate.cert })
      : requestHttp(url, options);
    request.on('error', reject);
    request.on('response', (response) => {
      buffer(response).then((bytes) => {
        const { statusCode: status } = response;
        resolve({ status, headers: response.headers, body: bytes.toString() });
      }, reject);
    });
    request.end(body);
  });
}
