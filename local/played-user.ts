/**
 * End users of `npm start`. There is no identity provider on this machine, so a JWT makes the caller the
 * user that it names, without a check of its signature. The authorizer of a deployment verifies it. Both
 * accept a token with and without `Bearer` before it.
 */

/**
 * @param authorization the request's header
 * @returns the claims as API Gateway passes them, or `undefined` for a request without a JWT
 */
export function readPlayedUser(
  authorization: string | undefined,
): Readonly<Record<string, string>> | undefined {
  const [, claims] = /^(?:Bearer )?[\w-]+\.([\w-]+)\.[\w-]*$/i.exec(authorization ?? '') ?? [];
  if (claims === undefined) return undefined;
  try {
    const content: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString());
    if (typeof content !== 'object' || content === null) return undefined;
    return Object.fromEntries(
      Object.entries(content).map(([name, value]) => [name, toClaimText(value)]),
    );
  } catch {
    return undefined;
  }
}

/** API Gateway makes text of every claim; of an array `[a b]`. */
function toClaimText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toClaimText).join(' ')}]`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
