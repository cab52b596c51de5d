/**
 * What a token can be asked for, and the platform's limits on it. Pure: the clock is an argument.
 * Source: "Token Creation Overview" of OpenTok and Vonage; where the SDKs differ from it or from
 * each other, the documented limit holds.
 */
import * as v from 'valibot';
import { validationError } from './faults.ts';
import { type FieldsRule, oneOf, parseFields, wellFormedText } from './request-fields.ts';

export const ROLES = ['subscriber', 'publisher', 'moderator', 'publisheronly'] as const;
export type Role = (typeof ROLES)[number];

export const DEFAULT_TOKEN_SECONDS = 24 * 60 * 60;
export const MAX_TOKEN_SECONDS = 30 * 24 * 60 * 60;
/** In UTF-16 code units, as JavaScript and the platform's Java count them. */
export const DATA_MAX_LENGTH = 1000;
/** Of the class names joined by spaces, as the token carries them. */
export const LAYOUT_CLASSES_MAX_LENGTH = 1000;

/**
 * As seconds such a number lies after the year 5138, as milliseconds after March 1973: nobody means
 * the former. A vendor's own reference app shipped tokens that never expired through that mistake.
 */
export const LOOKS_LIKE_MILLISECONDS = 1e11;
export const MILLISECONDS_RULE =
  'looks like milliseconds; it must be whole seconds since the UNIX epoch';

const tokenFields = {
  role: v.optional(oneOf(ROLES)),
  expireTime: v.optional(v.number('must be a number'), 0),
  data: v.optional(
    v.pipe(
      wellFormedText,
      v.maxLength(DATA_MAX_LENGTH, `must be at most ${DATA_MAX_LENGTH} characters`),
      // As in the vendor's SDKs, an empty text is none: the token says nothing of it.
      v.transform((data) => (data === '' ? undefined : data)),
    ),
  ),
  initialLayoutClassList: v.optional(
    v.pipe(
      v.array(
        v.pipe(
          wellFormedText,
          v.regex(/^\S+$/, 'must be one class name: not empty, no white space inside'),
        ),
        'must be an array of class names',
      ),
      v.check(
        (classes) => classes.join(' ').length <= LAYOUT_CLASSES_MAX_LENGTH,
        `must be at most ${LAYOUT_CLASSES_MAX_LENGTH} characters when joined by spaces`,
      ),
    ),
    [],
  ),
  tokenType: v.optional(oneOf(['JWT', 'T1']), 'JWT'),
};

export const tokenRequest = v.object(tokenFields);
const sessionIdRule = 'must be a string: the id of the session that the token is for';
// An object's own message is the one for its only required field when that is missing.
const directTokenRequest = v.object(
  { ...tokenFields, sessionId: v.string(sessionIdRule) },
  sessionIdRule,
);

/** A valid request for a token. `expireTime` is absolute, in whole seconds since the UNIX epoch. */
export type TokenRequest = Readonly<v.InferOutput<typeof tokenRequest>>;
export type DirectTokenRequest = Readonly<v.InferOutput<typeof directTokenRequest>>;

export interface TokenLimits {
  readonly nowSeconds: number;
  /** The longest life of a token; the platform allows 30 days (`MAX_TOKEN_SECONDS`). */
  readonly maxTokenSeconds: number;
}

/**
 * @param input the request body; `undefined` for none
 * @throws Fault `ValidationError` that lists every faulty field
 */
export function parseTokenRequest(input: unknown, limits: TokenLimits): TokenRequest {
  const request = parseFields(tokenRequest, input, expireTimeRule(limits));
  return { ...request, expireTime: toAbsolute(request.expireTime, limits) };
}

/** The same for a request that names its session itself, there being no path to do so. */
export function parseDirectTokenRequest(input: unknown, limits: TokenLimits): DirectTokenRequest {
  const request = parseFields(directTokenRequest, input, expireTimeRule(limits));
  return { ...request, expireTime: toAbsolute(request.expireTime, limits) };
}

/**
 * To be asked again when the token is signed: what was waited for may have taken until its expiry.
 * @throws Fault `ValidationError`
 */
export function assertNotExpired(expireTime: number, nowSeconds: number): void {
  const detail = judgeExpired(expireTime, nowSeconds);
  if (detail) throw validationError([{ pointer: '#/expireTime', detail }]);
}

function judgeExpired(expireTime: number, nowSeconds: number): string | undefined {
  return expireTime <= nowSeconds ? `must be later than now, which is ${nowSeconds}` : undefined;
}

/** 0 is 24 hours from now, or less where less is allowed. */
export function toAbsolute(
  expireTime: number,
  { nowSeconds, maxTokenSeconds }: TokenLimits,
): number {
  return expireTime === 0
    ? nowSeconds + Math.min(DEFAULT_TOKEN_SECONDS, maxTokenSeconds)
    : expireTime;
}

export function expireTimeRule(limits: TokenLimits): FieldsRule {
  return ({ expireTime }) => {
    if (typeof expireTime !== 'number') return [];
    const detail = judgeExpireTime(expireTime, limits);
    return detail ? [{ pointer: '#/expireTime', detail }] : [];
  };
}

function judgeExpireTime(
  expireTime: number,
  { nowSeconds, maxTokenSeconds }: TokenLimits,
): string | undefined {
  const latest = nowSeconds + maxTokenSeconds;
  if (expireTime === 0) return undefined;
  if (expireTime >= LOOKS_LIKE_MILLISECONDS) {
    return MILLISECONDS_RULE;
  }
  if (!Number.isInteger(expireTime)) {
    return 'must be whole seconds since the UNIX epoch, or 0 for 24 hours from now';
  }
  const expired = judgeExpired(expireTime, nowSeconds);
  if (expired) return expired;
  if (expireTime > latest) {
    const days = maxTokenSeconds === MAX_TOKEN_SECONDS ? ' (30 days)' : '';
    return `must be at most ${maxTokenSeconds} seconds${days} from now, which is ${latest}`;
  }
  return undefined;
}
