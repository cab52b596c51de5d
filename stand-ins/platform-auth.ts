/**
 * Checks the REST JWT of a session/create call with `node:crypto` alone: OpenTok's HS256 in
 * `X-OPENTOK-AUTH`, Vonage's RS256 in `Authorization: Bearer`. Stricter than the platform where the
 * vendor's documentation is: a claim that it asks for must be there.
 */
import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** A project and its credentials, in the shape of the secret that holds them. */
export type Project =
  | { readonly apiKey: string; readonly apiSecret: string }
  | { readonly applicationId: string; readonly privateKey: string };

/** API key or application id. */
export function idOf(project: Project): string {
  return 'apiKey' in project ? project.apiKey : project.applicationId;
}

/** Why a call is refused. A 401 says nothing, as on the real platform. */
export interface AuthRefusal {
  readonly status: 401 | 403;
  readonly message: string;
}

/** Finds the project that a call is made for, or why it is refused. */
export function authenticate(
  headers: IncomingHttpHeaders,
  { projects, nowSeconds }: { projects: readonly Project[]; nowSeconds: number },
): Project | AuthRefusal {
  const openTokJwt = headers['x-opentok-auth'];
  if (typeof openTokJwt === 'string') {
    const jwt = parseJwt(openTokJwt);
    return jwt ? checkOpenTok(jwt, { projects, nowSeconds }) : refuse('Invalid token format');
  }
  const [, bearer] = /^Bearer (\S+)$/.exec(headers.authorization ?? '') ?? [];
  if (!bearer) return refuse('No suitable authentication found');
  const jwt = parseJwt(bearer);
  return jwt ? checkVonage(jwt, { projects, nowSeconds }) : refuse('Invalid token format');
}

const openTokLifetimeSeconds = 300;
const vonageLifetimeSeconds = 900;

interface Jwt {
  readonly header: Record<string, unknown>;
  readonly claims: Record<string, unknown>;
  readonly signed: string;
  readonly signature: Buffer;
}

interface Known {
  readonly projects: readonly Project[];
  readonly nowSeconds: number;
}

function checkOpenTok(jwt: Jwt, { projects, nowSeconds }: Known): Project | AuthRefusal {
  const { iss, ist } = jwt.claims;
  if (typeof iss !== 'string' || !/^\d+$/.test(iss) || ist !== 'project') {
    return refuse('Invalid issuer format');
  }
  const project = projects.find((known) => 'apiKey' in known && known.apiKey === iss);
  if (!project || !('apiSecret' in project)) return refuse('No suitable authentication found');
  const right = createHmac('sha256', project.apiSecret).update(jwt.signed).digest();
  const isSigned = isTyped(jwt, 'HS256') && sameBytes(right, jwt.signature);
  if (!isSigned) return refuse('Invalid signature');
  return findTimeFault(jwt, { nowSeconds, lifetimeSeconds: openTokLifetimeSeconds }) ?? project;
}

function checkVonage(jwt: Jwt, { projects, nowSeconds }: Known): Project | AuthRefusal {
  const { application_id: applicationId, acl } = jwt.claims;
  const project = projects.find(
    (known) => 'applicationId' in known && known.applicationId === applicationId,
  );
  if (!project || !('privateKey' in project)) return refuse('No suitable authentication found');
  const publicKey = createPublicKey(project.privateKey);
  const isSigned =
    isTyped(jwt, 'RS256') && verify('sha256', Buffer.from(jwt.signed), publicKey, jwt.signature);
  if (!isSigned) return refuse('Invalid signature');
  if (acl !== undefined) return { status: 401, message: '' };
  return findTimeFault(jwt, { nowSeconds, lifetimeSeconds: vonageLifetimeSeconds }) ?? project;
}

function findTimeFault(
  { claims: { iat, exp, jti } }: Jwt,
  { nowSeconds, lifetimeSeconds }: { nowSeconds: number; lifetimeSeconds: number },
): AuthRefusal | undefined {
  if (!Number.isInteger(iat) || !Number.isInteger(exp)) return refuse('Invalid token format');
  const [issuedAt, expiresAt] = [Number(iat), Number(exp)];
  if (issuedAt > nowSeconds) return refuse('issued time cannot be greater than current time');
  if (expiresAt <= nowSeconds) return refuse('Token is expired');
  if (expiresAt - issuedAt > lifetimeSeconds) {
    return refuse(`Token is valid for more than ${lifetimeSeconds} seconds`);
  }
  if (typeof jti !== 'string' || jti === '') return refuse('Token has no jti');
  return undefined;
}

function parseJwt(compact: string): Jwt | undefined {
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(compact)) return undefined;
  const [header = '', claims = '', signature = ''] = compact.split('.');
  try {
    return {
      header: parsePart(header),
      claims: parsePart(claims),
      signed: `${header}.${claims}`,
      signature: Buffer.from(signature, 'base64url'),
    };
  } catch {
    return undefined;
  }
}

function parsePart(part: string): Record<string, unknown> {
  return Object(JSON.parse(Buffer.from(part, 'base64url').toString()));
}

function isTyped({ header }: Jwt, algorithm: string): boolean {
  return header['alg'] === algorithm && header['typ'] === 'JWT';
}

function sameBytes(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

function refuse(message: string): AuthRefusal {
  return { status: 403, message };
}
