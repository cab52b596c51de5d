/** When a token was issued and when it expires. Pure: the clock is an argument. */
import { LOOKS_LIKE_MILLISECONDS, MAX_TOKEN_SECONDS } from '../../../lib/domain/token-request.ts';
import { toDate, toDuration, toRelative } from '../time-words.ts';
import { broken, kept, type Rule, show, warning } from './finding.ts';

interface TimeFault {
  readonly verdict: string;
  readonly detail: string;
  readonly remedy: string;
}

function findTimeFault(claim: string, value: unknown): TimeFault | undefined {
  if (typeof value !== 'number') {
    const isMissing = value === undefined;
    return {
      verdict: isMissing ? `${claim} is missing` : `${claim} is not a number`,
      detail: isMissing ? `${claim} is missing.` : `${claim} is ${show(value)}, not a number.`,
      remedy: 'Write whole seconds since the UNIX epoch, as a number.',
    };
  }
  if (value >= LOOKS_LIKE_MILLISECONDS) {
    return {
      verdict: `${claim} is in milliseconds`,
      detail: `${claim}: ${value} looks like milliseconds.`,
      remedy: 'Divide by 1000: times are whole seconds since the UNIX epoch.',
    };
  }
  if (!Number.isInteger(value)) {
    return {
      verdict: `${claim} has a fraction`,
      detail: `${claim}: ${value} has a fraction.`,
      remedy: 'Round down to whole seconds.',
    };
  }
  return undefined;
}

export const issued: Rule = ({ kind, issuedAt }, { nowSeconds }) => {
  const claim = kind === 't1' ? 'create_time' : 'iat';
  const rule = 'Issue time';
  const fault = findTimeFault(claim, issuedAt);
  if (fault) return broken(rule, fault.verdict, fault.detail, fault.remedy);
  if (Number(issuedAt) > nowSeconds) {
    return broken(
      rule,
      'issued in the future',
      `${claim} is ${toDate(Number(issuedAt))}, which is in the future by this machine’s clock.`,
      'Set the clock of the machine that issues tokens, or of this one.',
    );
  }
  return kept(rule, `${claim} is ${toDate(Number(issuedAt))}.`);
};

export const expiry: Rule = ({ kind, expiresAt }) => {
  const claim = kind === 't1' ? 'expire_time' : 'exp';
  const rule = 'Expiry time';
  if (expiresAt === undefined) {
    return kind === 't1'
      ? warning(
          rule,
          'expire_time is missing. The platform uses 24 hours from create_time.',
          'Write expire_time, so that every reader knows it.',
        )
      : broken(
          rule,
          'no expiry time',
          'exp is missing. The platform treats such tokens as expired (error 1004).',
          'Write exp, at most 30 days after iat. Some SDKs omit it unless they are given an expiry.',
        );
  }
  const fault = findTimeFault(claim, expiresAt);
  if (fault) return broken(rule, fault.verdict, fault.detail, fault.remedy);
  return kept(rule, `${claim} is ${toDate(Number(expiresAt))}.`);
};

/** How long the platform accepts a T1 token without `expire_time`. */
const DEFAULT_T1_SECONDS = 86_400;

export const life: Rule = ({ kind, issuedAt, expiresAt }, { nowSeconds }) => {
  const isDefault = kind === 't1' && expiresAt === undefined;
  const end = isDefault ? Number(issuedAt) + DEFAULT_T1_SECONDS : expiresAt;
  if (findTimeFault('exp', end) || Number.isNaN(end)) return undefined;
  const rule = 'Not expired';
  const seconds = Number(end);
  return seconds > nowSeconds
    ? kept(rule, 'It has not expired. Clients that are connected at its expiry stay connected.')
    : broken(
        rule,
        `expired ${toRelative(seconds, nowSeconds)}`,
        `It expired at ${toDate(seconds)}, by this machine’s clock.`,
        'Issue a new token when it is needed. The client in client/ does that automatically.',
      );
};

export const maxLife: Rule = ({ issuedAt, expiresAt }) => {
  if (findTimeFault('iat', issuedAt) || findTimeFault('exp', expiresAt)) return undefined;
  const rule = 'Valid for 30 days at most';
  const lifeSeconds = Number(expiresAt) - Number(issuedAt);
  if (lifeSeconds > MAX_TOKEN_SECONDS) {
    return broken(
      rule,
      'valid for more than 30 days',
      `It is valid for ${toDuration(lifeSeconds)}.`,
      `Let it expire at most ${MAX_TOKEN_SECONDS} seconds after it is issued.`,
    );
  }
  if (lifeSeconds <= 0) {
    return broken(
      rule,
      'expires before it is issued',
      'It expires before it is issued.',
      'Let it expire later than it is issued.',
    );
  }
  return kept(rule, `It is valid for ${toDuration(lifeSeconds)}.`);
};

export const notBefore: Rule = ({ claims }, { nowSeconds }) => {
  const rule = 'Valid from the start';
  const { nbf } = claims;
  if (nbf === undefined) return undefined;
  return typeof nbf === 'number' && nbf <= nowSeconds
    ? kept(rule, `nbf is ${toDate(nbf)}.`)
    : warning(
        rule,
        `nbf is ${typeof nbf === 'number' ? toDate(nbf) : show(nbf)}.`,
        'The vendor’s tokens have no nbf. Issue a token when it is needed instead.',
      );
};
