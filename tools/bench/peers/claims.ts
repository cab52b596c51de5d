/** The claims with which a project asks for a session. */
export function buildProjectClaims(apiKey: string) {
  const iat = Math.floor(Date.now() / 1000);
  return { iss: apiKey, ist: 'project', iat, exp: iat + 180, jti: crypto.randomUUID() };
}
