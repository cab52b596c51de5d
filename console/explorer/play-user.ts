/** Returns an unsigned JWT of an end user. Only the API on this machine accepts it. */
export function playUser(subject: string, role: string): string {
  const claims = { sub: subject, ...(role && { opentok_role: role }) };
  return `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.`;
}

function encode(part: object): string {
  const bytes = new TextEncoder().encode(JSON.stringify(part));
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
