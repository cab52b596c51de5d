/**
 * Checks a token against every rule of the platform. Pure: the clock is an argument, and so is the result of
 * verifying the signature.
 * Sources: "Token Creation Overview" of OpenTok and Vonage, the tokens that the vendor's SDKs produce, and
 * observed rejections by the platform.
 */
import type { Token } from '../../lib/domain/decode-token.ts';
import { accessList, data, layout, role, subject } from './rules/contents.ts';
import type { Circumstances, Finding, Rule } from './rules/finding.ts';
import { algorithm, project, projectKind, purpose, session, signed } from './rules/origin.ts';
import { expiry, issued, life, maxLife, notBefore } from './rules/times.ts';

/** Among rules with the same outcome, the one that explains most comes first. */
const RULES: readonly Rule[] = [
  ...[purpose, algorithm, life, signed, project, projectKind, session, role],
  ...[issued, expiry, maxLife, notBefore, data, layout, subject, accessList],
];

const ORDER = { broken: 0, warning: 1, kept: 2 } as const;

/** Returns the broken rules first, then the warnings. */
export function checkToken(token: Token, circumstances: Circumstances): readonly Finding[] {
  const findings = RULES.map((rule) => rule(token, circumstances));
  return findings
    .filter((finding) => finding !== undefined)
    .toSorted((one, other) => ORDER[one.outcome] - ORDER[other.outcome]);
}
