/** When a token was made and when it ends. Pure: the clock is an argument. */
import { LOOKS_LIKE_MILLISECONDS, MAX_TOKEN_SECONDS } from '../../../lib/domain/token-request.ts';
import { toDate, toDuration } from '../time-words.ts';
import { broken, kept, type Rule, show, warning } from './finding.ts';

/** What is wrong with a number as a moment, whichever moment it is. */
function findTimeFault(value: unknown): { detail: string; remedy: string } | undefined {
  if (typeof value !== 'number') {
    const detail = value === undefined ? 'It is missing.' : `It is ${show(value)}, no number.`;
    return { detail, remedy: 'Write whole seconds since the UNIX epoch, as a number.' };
  }
  if (value >= LOOKS_LIKE_MILLISECONDS) {
    const remedy = 'Divide by 1000: times are whole seconds since the UNIX epoch.';
    return { detail: `${value} looks like milliseconds.`, remedy };
  }
  if (!Number.isInteger(value)) {
    return { detail: `${value} has a fraction.`, remedy: 'Round down to whole seconds.' };
  }
  return undefined;
}

export const issued: Rule = ({ kind, issuedAt }, { nowSeconds }) => {
  const claim = kind === 't1' ? 'create_time' : 'iat';
  const rule = 'It says when it was made';
  const fault = findTimeFault(issuedAt);
  if (fault) return broken(rule, `${claim}: ${fault.detail}`, fault.remedy);
  if (Number(issuedAt) > nowSeconds) {
    return broken(
      rule,
      `${claim} is ${toDate(Number(issuedAt))}, which lies ahead, by this machine’s clock.`,
      'Set the clock of the machine that makes tokens, or this one’s.',
    );
  }
  return kept(rule, `${claim} is ${toDate(Number(issuedAt))}.`);
};

export const expiry: Rule = ({ kind, expiresAt }) => {
  const claim = kind === 't1' ? 'expire_time' : 'exp';
  const rule = 'It says when it ends';
  if (expiresAt === undefined) {
    return kind === 't1'
      ? warning(
          rule,
          'There is no expire_time; the platform takes 24 hours from create_time.',
          'Write expire_time, so that everybody knows.',
        )
      : broken(
          rule,
          'There is no exp: the platform was seen to take such a token for expired (error 1004).',
          'Write exp, at most 30 days after iat. Some SDKs leave it out unless they are given an expiry.',
        );
  }
  const fault = findTimeFault(expiresAt);
  if (fault) return broken(rule, `${claim}: ${fault.detail}`, fault.remedy);
  return kept(rule, `${claim} is ${toDate(Number(expiresAt))}.`);
};

export const life: Rule = ({ expiresAt }, { nowSeconds }) => {
  if (findTimeFault(expiresAt)) return undefined;
  const rule = 'It has not expired';
  const leftSeconds = Number(expiresAt) - nowSeconds;
  return leftSeconds > 0
    ? kept(rule, 'Its end lies ahead. Who is connected by then stays connected.')
    : broken(
        rule,
        `It ended at ${toDate(Number(expiresAt))}, by this machine’s clock.`,
        'Issue a new one when it is needed; the client in client/ does so by itself.',
      );
};

export const maxLife: Rule = ({ issuedAt, expiresAt }) => {
  if (findTimeFault(issuedAt) || findTimeFault(expiresAt)) return undefined;
  const rule = 'It lives for 30 days at most';
  const lifeSeconds = Number(expiresAt) - Number(issuedAt);
  if (lifeSeconds > MAX_TOKEN_SECONDS) {
    return broken(
      rule,
      `It lives for ${toDuration(lifeSeconds)}.`,
      `Let it end at most ${MAX_TOKEN_SECONDS} seconds after it is made.`,
    );
  }
  if (lifeSeconds <= 0) {
    return broken(rule, 'It ends before it begins.', 'Let it end later than it is made.');
  }
  return kept(rule, `It lives for ${toDuration(lifeSeconds)}.`);
};

export const notBefore: Rule = ({ claims }, { nowSeconds }) => {
  const rule = 'It is good from the start';
  const { nbf } = claims;
  if (nbf === undefined) return undefined;
  return typeof nbf === 'number' && nbf <= nowSeconds
    ? kept(rule, `nbf is ${toDate(nbf)}.`)
    : warning(
        rule,
        `nbf is ${typeof nbf === 'number' ? toDate(nbf) : show(nbf)}.`,
        'The vendor’s tokens have no nbf; issue a token when it is needed instead.',
      );
};
