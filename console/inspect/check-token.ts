/**
 * Every rule of the platform that a token can be held to, each told in words. Pure: the clock is an
 * argument, and so is what the project's secret says of the signature.
 * Sources: "Token Creation Overview" of OpenTok and Vonage, the tokens that the vendor's SDKs produce,
 * and what the platform was seen to refuse.
 */
import type { Token } from '../../lib/domain/decode-token.ts';
import { accessList, data, layout, role, subject } from './rules/contents.ts';
import type { Circumstances, Finding, Rule } from './rules/finding.ts';
import { algorithm, project, projectKind, purpose, session, signed } from './rules/origin.ts';
import { expiry, issued, life, maxLife, notBefore } from './rules/times.ts';

const RULES: readonly Rule[] = [
  ...[purpose, algorithm, signed, project, projectKind, session, role],
  ...[issued, expiry, life, maxLife, notBefore, data, layout, subject, accessList],
];

export function checkToken(token: Token, circumstances: Circumstances): readonly Finding[] {
  const findings = RULES.map((rule) => rule(token, circumstances));
  return findings.filter((finding) => finding !== undefined);
}
