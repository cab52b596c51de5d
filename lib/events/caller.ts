/**
 * Reads the caller of an HTTP event from what API Gateway's authorizer wrote into it. Pure: no I/O.
 * Sources: API Gateway developer guide, "Lambda proxy integration" for HTTP APIs (payload 2.0: IAM,
 * JWT and Lambda authorizers) and REST APIs (1.0: IAM identity, Cognito and Lambda authorizers).
 *
 * Callers cannot write into `requestContext`; only its authorizer fields are believed.
 */

import { type Caller, findLowestRole, TRUSTED } from '../domain/access.ts';
import { Fault } from '../domain/faults.ts';
import { ROLES, type Role } from '../domain/token-request.ts';
import { type ClaimWriter, readClaimedRoles, readClaimedRooms } from './claimed-names.ts';
import { asRecord, type UnknownRecord } from './untrusted.ts';

/** The part of the configuration that decides who the caller of an HTTP event is. */
export interface CallerSettings {
  /** The authorizer of the HTTP routes. Only `none` accepts an event without an authorizer's result. */
  readonly auth: 'iam' | 'jwt' | 'none';
  /** The claim that names the highest role of an end user. */
  readonly roleClaim: string;
  /** The highest role of an end user without that claim; `none` rejects them. */
  readonly defaultRole: Role | 'none';
  /** The claim that lists the rooms that an end user may join; `undefined` for all rooms. */
  readonly roomsClaim: string | undefined;
  /** Whether end users get tokens by room only, and none by session id. */
  readonly roomsOnly: boolean;
}

/**
 * @throws Fault `UnauthenticatedError` if no accepted authorizer has identified the caller,
 *   `ForbiddenError` if claims name no role or no readable list of rooms, and for holders of a Cognito
 *   identity pool
 */
export function readCaller(event: unknown, settings: CallerSettings): Caller {
  const requestContext = asRecord(asRecord(event)['requestContext']);
  // End users first: an event with both results gets the lesser trust.
  const user = findUser(asRecord(requestContext['authorizer']));
  if (user) return toUser(user, settings);
  // Those routes have the JWT authorizer, so the result of any other was not checked there.
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
  readonly writer: ClaimWriter;
}

function findUser(authorizer: UnknownRecord): User | undefined {
  const results: readonly [unknown, ClaimWriter][] = [
    [asRecord(authorizer['jwt'])['claims'], 'jwt'],
    // Payload 1.0: a JWT authorizer of an HTTP API or a Cognito authorizer of a REST API.
    [authorizer['claims'], 'jwt-or-cognito'],
    [authorizer['lambda'], 'lambda'],
  ];
  for (const [written, writer] of results) {
    if (typeof written !== 'object' || written === null) continue;
    const claims = asRecord(written);
    return { subject: claims['sub'] ?? claims['principalId'], claims, writer };
  }
  // A Lambda authorizer of a REST API.
  const { principalId } = authorizer;
  return principalId === undefined
    ? undefined
    : { subject: principalId, claims: authorizer, writer: 'lambda' };
}

/** The session name that Cognito gives to identities (aws-amplify/amplify-js#1643); function URLs have no other mark. */
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

function toUser({ subject, claims, writer }: User, settings: CallerSettings): Caller {
  if (typeof subject !== 'string' || subject === '') {
    throw unauthenticated('The authorization names no subject.');
  }
  const { roomsClaim, roomsOnly } = settings;
  const maxRole = readRole(claims, settings);
  if (roomsClaim === undefined) return { kind: 'user', subject, maxRole, roomsOnly };
  const rooms = readClaimedRooms(claimOf(claims, roomsClaim), writer);
  if (rooms) return { kind: 'user', subject, maxRole, rooms, roomsOnly };
  const remedy =
    writer === 'jwt-or-cognito' ? 'name one room' : 'list rooms in one text, with spaces between';
  throw forbidden(`The claim ${roomsClaim} is ambiguous; ${remedy}.`);
}

/** Every value has to be a role, and the lowest one counts. */
function readRole(
  claims: UnknownRecord,
  { roleClaim, defaultRole }: Pick<CallerSettings, 'roleClaim' | 'defaultRole'>,
): Role {
  const claim = claimOf(claims, roleClaim);
  const values = claim === undefined ? [] : readClaimedRoles(claim);
  if (values?.length === 0) {
    if (defaultRole !== 'none') return defaultRole;
    throw forbidden(`The claim ${roleClaim} is missing; it names your role.`);
  }
  const roles = ROLES.filter((role) => values?.includes(role));
  const areAllRoles = values?.every((value) => ROLES.some((role) => role === value)) ?? false;
  if (!areAllRoles) throw forbidden(`The claim ${roleClaim} must be one of ${ROLES.join(', ')}.`);
  const lowest = findLowestRole(roles);
  if (lowest) return lowest;
  throw forbidden(
    `The claim ${roleClaim} must not have both subscriber and publisheronly: neither is the lower role.`,
  );
}

function claimOf(claims: UnknownRecord, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

/** For faults that the operator has to repair, so the log has the detail too. */
function forbidden(detail: string): Fault {
  return new Fault('ForbiddenError', detail, { reason: detail });
}

function unauthenticated(detail: string): Fault {
  return new Fault('UnauthenticatedError', detail);
}
