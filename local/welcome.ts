/**
 * What `npm start` prints once the API answers. Pure: no I/O.
 */
import { createPublicKey } from 'node:crypto';
import { isIP } from 'node:net';
import type { StartOptions } from './start-options.ts';

export interface Started extends StartOptions {
  /** Where this machine reaches the API. */
  readonly url: string;
  /** Of a session that exists, for the printed commands. */
  readonly sessionId: string;
}

export function describeStart(started: Started): string {
  const { url, sessionId, usesRealPlatform } = started;
  return `
Open ${url} in a browser to try it.

The API answers on ${url} (${usesRealPlatform ? 'real platform' : 'stand-in platform'}). Ctrl-C ends it.
${describeExposure(started)}
Create a session:
${curl(`${url}/sessions`, { mediaMode: 'routed' })}

Issue a token for a session that was created just now:
${curl(`${url}/sessions/${sessionId}/tokens`, { role: 'publisher', data: 'name=Ada' })}

Join a room, which the first one to join creates:
${curl(`${url}/rooms/standup/tokens`, { role: 'publisher' })}

The vendor's samples run with SAMPLE_SERVER_BASE_URL = '${url}'.
${describeKey(started)}`;
}

/** Empty where nobody else can reach the API. */
function describeExposure({ host, port }: Started): string {
  if (isLoopback(host)) return '';
  return `
HOST=${host}: everyone on that network is trusted here, and may create sessions, close rooms and get
tokens of every role. Other devices reach it at this machine's address, port ${port}.
`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** What verifies the tokens of a made-up project, and how to get the other kind of one. */
function describeKey({ project, usesRealPlatform }: Started): string {
  if (usesRealPlatform) return '';
  if ('apiSecret' in project) {
    return `
Tokens are signed for the made-up OpenTok project ${project.apiKey}; its secret, to check them with:
${project.apiSecret}

A Vonage application in its place: npm start -- --vonage
`;
  }
  const publicKey = createPublicKey(project.privateKey).export({ type: 'spki', format: 'pem' });
  return `
Tokens are signed for the made-up Vonage application ${project.applicationId}; its public key:
${publicKey}`;
}

function curl(url: string, body: object): string {
  const json = JSON.stringify(body);
  return `curl -sS -X POST ${url} -H 'Content-Type: application/json' -d '${json}'`;
}
