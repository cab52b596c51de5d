/**
 * Calls an opentok-sessions back end, from browsers and from Node 20 or newer.
 */
export type * from './api-types.ts';
export { type Client, createClient, type HostOptions, type RoomPage, rulesOf } from './client.ts';
export { readInvite } from './guest-secret.ts';
export { ProblemError, type ProblemName } from './problem-error.ts';
export type { CallOptions, Connection, Fetch, FetchInit, HeadersSource } from './send.ts';
export {
  createTokenSource,
  type FetchedToken,
  type FetchTokenOptions,
  type TokenSource,
  type TokenSourceOptions,
} from './token-source.ts';
