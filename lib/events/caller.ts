/**
 * Who sent an HTTP event, from what API Gateway's authorizer wrote into it. Pure: no I/O.
 * Sources: API Gateway developer guide, "Lambda proxy integration" for HTTP APIs (payload 2.0: IAM,
 * JWT and Lambda authorizers) and REST APIs (1.0: IAM identity, Cognito and Lambda authorizers).
 *
 * Callers cannot write into `requestContext`; only its authorizer fields are believed.
 */

import { type Caller, DEFAULT_MAX_ROLE, TRUSTED } from '../domain/access.ts';
import { Fault } from '../domain/faults.ts';
import { ROLES } from '../domain/token-request.ts';
import { asRecord, type UnknownRecord } from './as-record.ts';

/** What decides whom an HTTP event is believed to come from. */
export interface CallerSettings {
  /** Who guards the HTTP routes; only `none` lets an event without an authorizer's result pass. */
  readonly auth: 'iam' | 'jwt' | 'none';
  /** The claim that names the highest role an end user may have. */
  readonly roleClaim: string;
  /** The claim that lists the rooms an end user may join; `undefined` for all of them. */
  readonly roomsClaim: string | undefined;
}

/**
 * @throws Fault `UnauthenticatedError` when no authorizer vouches for the event, `ForbiddenError`
 *   when the role claim names no role
 */
export function readCaller(
  event: unknown,
  { auth, roleClaim, roomsClaim }: CallerSettings,
): Caller {
  const requestContext = asRecord(asRecord(event)['requestContext']);
  // End users first: an event with both results gets the lesser trust.
  const user = findUser(asRecord(requestContext['authorizer']));
  if (user) return toUser(user, roleClaim, roomsClaim);
  if (isIam(requestContext) || auth === 'none') return TRUSTED;
  throw unauthenticated('The request carries no authorization.');
}

interface User {
  readonly subject: unknown;
  readonly claims: UnknownRecord;
}

function findUser(authorizer: UnknownRecord): User | undefined {
  const jwt = asRecord(authorizer['jwt'])['claims'];
  const cognito = authorizer['claims'];
  const lambda = authorizer['lambda'];
  for (const claims of [jwt, cognito, lambda]) {
    if (typeof claims !== 'object' || claims === null) continue;
    const fields = asRecord(claims);
    return { subject: fields['sub'] ?? fields['principalId'], claims: fields };
  }
  const isRestLambda = authorizer['principalId'] !== undefined;
  return isRestLambda ? { subject: authorizer['principalId'], claims: authorizer } : undefined;
}

function isIam(requestContext: UnknownRecord): boolean {
  const iam = asRecord(asRecord(requestContext['authorizer'])['iam']);
  const identity = asRecord(requestContext['identity']);
  return [iam['userArn'], identity['userArn']].some((arn) => typeof arn === 'string' && arn !== '');
}

function toUser(
  { subject, claims }: User,
  roleClaim: string,
  roomsClaim: string | undefined,
): Caller {
  if (typeof subject !== 'string' || subject === '') {
    throw unauthenticated('The authorization names no subject.');
  }
  const claimed = Object.hasOwn(claims, roleClaim) ? claims[roleClaim] : DEFAULT_MAX_ROLE;
  const maxRole = ROLES.find((role) => role === claimed);
  if (!maxRole) {
    // Guessing a role here would hand out one that nobody meant to give.
    throw new Fault('ForbiddenError', `The claim ${roleClaim} must be one of ${ROLES.join(', ')}.`);
  }
  const rooms = roomsClaim === undefined ? undefined : readNames(claims[roomsClaim]);
  return { kind: 'user', subject, maxRole, rooms };
}

/** API Gateway makes of a claim that is an array one text, `[a b c]`; a Lambda authorizer may leave it one. */
function readNames(claim: unknown): readonly string[] {
  if (Array.isArray(claim)) return claim.filter((name) => typeof name === 'string');
  return typeof claim === 'string' ? claim.split(/[\s,[\]"]+/).filter((name) => name !== '') : [];
}

function unauthenticated(detail: string): Fault {
  return new Fault('UnauthenticatedError', detail);
}
