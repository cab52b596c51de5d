/** The use case "inspect a token": what it says, and whether the project's secret has signed it. */

import type { SecretCache } from '../credentials/secret-cache.ts';
import type { TokenVerifier } from '../credentials/token-verifier.ts';
import { assertMayInspectTokens } from '../domain/access.ts';
import type { InspectRequest } from '../domain/inspect-request.ts';
import { type ProjectField, toProjectField } from '../domain/project.ts';
import type { Signature } from '../domain/token-signature.ts';
import type { Invocation } from './invocation.ts';

/** `ProjectField` is the project that serves here, which need not be the token's. */
export type InspectedToken = Readonly<{
  tokenType: 'JWT' | 'T1';
  signature: Signature;
  /** Of a JWT. */
  header?: Readonly<Record<string, unknown>>;
  /** A T1 token's fields are claims here, and text all of them. */
  claims: Readonly<Record<string, unknown>>;
}> &
  ProjectField;

export interface InspectTokenDeps {
  readonly verifier: Pick<SecretCache<TokenVerifier>, 'get'>;
}

/** The use case throws Fault `ForbiddenError` for end users, before it reads the secret. */
export function createTokenInspector({ verifier }: InspectTokenDeps) {
  return async (
    { text, token }: InspectRequest,
    { caller, remainingMs }: Pick<Invocation, 'caller' | 'remainingMs'>,
  ): Promise<InspectedToken> => {
    assertMayInspectTokens(caller);
    const { project, judgeSignature } = await verifier.get(remainingMs);
    const signature = await judgeSignature(text, token);
    const { kind, header, claims } = token;
    return {
      ...(kind === 't1' ? { tokenType: 'T1', signature } : { tokenType: 'JWT', signature, header }),
      claims,
      ...toProjectField(project),
    };
  };
}
