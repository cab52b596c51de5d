/**
 * Builds the claims of JSON Web Tokens for both platforms. Pure: clock and randomness are arguments.
 * Sources: OpenTok and Vonage "Token Creation Overview", OpenTok REST API "Authentication", and the
 * tokens that the vendor's SDKs produce. All times are whole seconds since the UNIX epoch.
 */
import type { Project } from './project.ts';
import type { Role } from './token-request.ts';

/** Lifetime of a project's REST token. The platform allows 5 minutes at most and advises about 3. */
export const PROJECT_TOKEN_SECONDS = 180;

/** A JWT's claims, in the order in which they are written. */
export type Claims = Record<string, unknown>;

/** The contents of a client token. */
export interface ClientToken {
  readonly sessionId: string;
  readonly role: Role;
  readonly issuedAtSeconds: number;
  readonly expireTime: number;
  readonly data: string | undefined;
  readonly initialLayoutClassList: readonly string[];
}

/** Values that make each token unique: `nonce` for OpenTok, `jti` (a UUID) for Vonage. */
export interface TokenIds {
  readonly nonce: number;
  readonly jti: string;
}

/** Builds the claims of the token that a client connects with. */
export function buildClientClaims(
  { kind, id }: Project,
  token: ClientToken,
  ids: TokenIds,
): Claims {
  const connection = token.data === undefined ? {} : { connection_data: token.data };
  const layout = token.initialLayoutClassList.join(' ');
  const common = {
    scope: 'session.connect',
    session_id: token.sessionId,
    role: token.role,
    iat: token.issuedAtSeconds,
    // Always present: the platform has treated a token without it as expired (opentok-node #344).
    exp: token.expireTime,
    ...connection,
  };
  if (kind === 'opentok') {
    const initialLayout = layout === '' ? {} : { initial_layout_class_list: layout };
    return { iss: id, ist: 'project', ...common, nonce: ids.nonce, ...initialLayout };
  }
  return {
    application_id: id,
    ...common,
    sub: 'video',
    acl: { paths: { '/session/**': {} } },
    jti: ids.jti,
    initial_layout_class_list: layout,
  };
}

/** Builds the claims of the token that authenticates a REST call as the project. */
export function buildProjectClaims(
  { kind, id }: Project,
  issuedAtSeconds: number,
  jti: string,
): Claims {
  const issuer = kind === 'opentok' ? { iss: id, ist: 'project' } : { application_id: id };
  return { ...issuer, iat: issuedAtSeconds, exp: issuedAtSeconds + PROJECT_TOKEN_SECONDS, jti };
}
