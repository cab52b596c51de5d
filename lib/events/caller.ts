/**
 * Who sent an HTTP event, from what API Gateway's authorizer wrote into it. Pure: no I/O.
 * Sources: API Gateway developer guide, "Lambda proxy integration" for HTTP APIs (payload 2.0: IAM,
 * JWT and Lambda authorizers) and REST APIs (1.0: IAM identity, Cognito and Lambda authorizers).
 *
 * Callers cannot write into `requestContext`; only its authorizer fields are believed.
 */

import { type Caller, TRUSTED } from '../domain/access.ts';
import { Fault } from '../domain/faults.ts';
import { ROLES, type Role } from '../domain/token-request.ts';
import { asRecord, type UnknownRecord } from './as-record.ts';
import { readClaimedNames } from './claimed-names.ts';

/** What decides whom an HTTP event is believed to come from. */
export interface CallerSettings {
  /** Who guards the HTTP routes; only `none` lets an event without an authorizer's result pass. */
  readonly auth: 'iam' | 'jwt' | 'none';
  /** The claim that names the highest role an end user may have. */
  readonly roleClaim: string;
  /** What an end user may have whose claims name no role; `none` refuses them. */
  readonly defaultRole: Role | 'none';
  /** The claim that lists the rooms an end user may join; `undefined` for all of them. */
  readonly roomsClaim: string | undefined;
  /** Whether end users get tokens by room alone, and none by session id. */
  readonly roomsOnly: boolean;
}

/**
 * @throws Fault `UnauthenticatedError` when no authorizer that is believed vouches for the event,
 *   `ForbiddenError` when claims name no role or no readable list of rooms, and for holders of a
 *   Cognito identity pool
 */
export function readCaller(event: unknown, settings: CallerSettings): Caller {
  const requestContext = asRecord(asRecord(event)['requestContext']);
  // End users first: an event with both results gets the lesser trust.
  const user = findUser(asRecord(requestContext['authorizer']));
  if (user) return toUser(user, settings);
  // The JWT authorizer is what guards those routes: whatever else lets somebody in was not asked.
  if (settings.auth === 'jwt')
    throw unauthenticated('The request carries no token of an end user.');
  const iam = readIam(requestContext);
  if (iam === 'identity pool') {
    throw forbidden(
      'Holders of a Cognito identity pool are end users; deploy with auth=jwt, and send a token of the user pool.',
    );
  }
  if (iam === 'back end' || settings.auth === 'none') return TRUSTED;
  throw unauthenticated('The request carries no authorization.');
}

interface User {
  readonly subject: unknown;
  readonly claims: UnknownRecord;
  /** Payload 1.0 of a JWT or Cognito authorizer, which may write an array as `a,b`. */
  readonly hasBareArrays?: boolean;
}

function findUser(authorizer: UnknownRecord): User | undefined {
  const jwt = asRecord(authorizer['jwt'])['claims'];
  const cognito = authorizer['claims'];
  const lambda = authorizer['lambda'];
  for (const claims of [jwt, cognito, lambda]) {
    if (typeof claims !== 'object' || claims === null) continue;
    const fields = asRecord(claims);
    const subject = fields['sub'] ?? fields['principalId'];
    return { subject, claims: fields, hasBareArrays: claims === cognito };
  }
  const isRestLambda = authorizer['principalId'] !== undefined;
  return isRestLambda ? { subject: authorizer['principalId'], claims: authorizer } : undefined;
}

/** How Cognito names the sessions of identities (aws-amplify/amplify-js#1643); function URLs tell no more of them. */
const IDENTITY_POOL_SESSION = '/CognitoIdentityCredentials';

function readIam(requestContext: UnknownRecord): 'back end' | 'identity pool' | undefined {
  const iam = asRecord(asRecord(requestContext['authorizer'])['iam']);
  const identity = asRecord(requestContext['identity']);
  const arns = [iam['userArn'], identity['userArn']].filter(
    (arn) => typeof arn === 'string' && arn !== '',
  );
  const isOfPool =
    [iam['cognitoIdentity'], identity['cognitoIdentityId']].some(
      (value) => value !== undefined && value !== null && value !== '',
    ) || arns.some((arn) => String(arn).endsWith(IDENTITY_POOL_SESSION));
  if (isOfPool) return 'identity pool';
  return arns.length > 0 ? 'back end' : undefined;
}

function toUser(
  { subject, claims, hasBareArrays = false }: User,
  settings: CallerSettings,
): Caller {
  if (typeof subject !== 'string' || subject === '') {
    throw unauthenticated('The authorization names no subject.');
  }
  const { roomsClaim, roomsOnly } = settings;
  const maxRole = readRole(claims, settings);
  if (roomsClaim === undefined) return { kind: 'user', subject, maxRole, roomsOnly };
  const rooms = readClaimedNames(claimOf(claims, roomsClaim), hasBareArrays);
  if (rooms) return { kind: 'user', subject, maxRole, rooms, roomsOnly };
  const remedy = hasBareArrays ? 'name one room' : 'list rooms in one text, with spaces between';
  throw forbidden(`The claim ${roomsClaim} is ambiguous; ${remedy}.`);
}

function readRole(
  claims: UnknownRecord,
  { roleClaim, defaultRole }: Pick<CallerSettings, 'roleClaim' | 'defaultRole'>,
): Role {
  const claimed = claimOf(claims, roleClaim);
  if (claimed === undefined) {
    if (defaultRole !== 'none') return defaultRole;
    throw forbidden(`The claim ${roleClaim} is missing; it names your role.`);
  }
  const role = ROLES.find((known) => known === claimed);
  if (role) return role;
  // Guessing a role here would hand out one that nobody meant to give.
  throw forbidden(`The claim ${roleClaim} must be one of ${ROLES.join(', ')}.`);
}

function claimOf(claims: UnknownRecord, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

/** What the operator has to set right, so that the log says it too. */
function forbidden(detail: string): Fault {
  return new Fault('ForbiddenError', detail, { reason: detail });
}

function unauthenticated(detail: string): Fault {
  return new Fault('UnauthenticatedError', detail);
}
