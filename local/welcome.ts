/** Describes a started API to people. Pure: no I/O. */
import { isIP } from 'node:net';
import { describeProject } from './described-project.ts';
import { toPrintable } from './printable.ts';
import { describeRoutes } from './route-table.ts';
import type { Route } from './routes.ts';
import type { StartOptions } from './start-options.ts';
import { plain, type Style } from './style.ts';

export interface Started extends StartOptions {
  /** Base URL of the API for this machine. */
  readonly url: string;
  /** An existing session, for the printed commands. */
  readonly sessionId: string;
  readonly routes: readonly Route[];
}

/** Commands and keys have no colors, since they are copied. The address comes last, where a terminal shows it. */
export function describeStart(started: Started, style: Style = plain): string {
  const { url, routes, usesRealPlatform } = started;
  const sessionId = toPrintable(started.sessionId);
  const title = (text: string) => style('bold', text);
  return `
${describeRoutes(routes, style)}

${title('Create a session:')}
${curl(`${url}/sessions`, { mediaMode: 'routed' })}

${title('Issue a token for a session that exists:')}
${curl(`${url}/sessions/${sessionId}/tokens`, { role: 'publisher', data: 'name=Ada' })}

${title('Join a room (the first caller to join creates it):')}
${curl(`${url}/rooms/standup/tokens`, { role: 'publisher' })}

The vendor's samples run with SAMPLE_SERVER_BASE_URL = '${url}'.
${describeKey(started)}${describeExposure(started, style)}
The API runs at this address (${usesRealPlatform ? 'real platform' : 'stand-in platform: no video'}). Ctrl-C ends it.
Open ${style(['bold', 'cyan'], url)} in a browser to try it.
`;
}

/** Empty if other machines cannot reach the API. */
function describeExposure({ host, port }: Started, style: Style): string {
  if (isLoopback(host)) return '';
  const warning = `HOST=${host}: everyone on that network is trusted here, and can create sessions, close rooms and get
tokens with any role. Other devices reach it at this machine's address, port ${port}.`;
  return `\n${style('yellow', warning)}\n`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Describes what verifies the tokens of a made-up project, and how to get the other kind of project. */
function describeKey(started: Started): string {
  const { id, apiSecret, publicKey, callbackSecret } = describeProject(started);
  if (apiSecret !== undefined) {
    return `
Tokens are signed for the made-up OpenTok project ${id}; its secret, to verify them:
${apiSecret}

Callbacks of the stand-in platform are signed with ${callbackSecret}.

A Vonage application in its place: npm start -- --vonage
`;
  }
  if (publicKey === undefined) return '';
  return `
Tokens are signed for the made-up Vonage application ${id}; its public key:
${publicKey}
Callbacks of the stand-in platform are signed with ${callbackSecret}.
`;
}

function curl(url: string, body: object): string {
  const json = JSON.stringify(body);
  return `curl -sS -X POST ${url} -H 'Content-Type: application/json' -d '${json}'`;
}
