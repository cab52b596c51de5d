/**
 * What a token can be asked for, and the platform's limits on it. Pure: the clock is an argument.
 * Source: "Token Creation Overview" of OpenTok and Vonage; where the SDKs differ from it or from
 * each other, the documented limit holds.
 */
import * as v from 'valibot';
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
const LOOKS_LIKE_MILLISECONDS = 1e11;

const tokenFields = {
  role: v.optional(oneOf(ROLES)),
  expireTime: v.optional(v.number('must be a number'), 0),
  data: v.optional(
    v.pipe(
      wellFormedText,
      v.maxLength(DATA_MAX_LENGTH, `must be at most ${DATA_MAX_LENGTH} characters`),
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

const tokenRequest = v.object(tokenFields);
const directTokenRequest = v.object({
  ...tokenFields,
  sessionId: v.string('must be a string: the id of the session that the token is for'),
});

/** A valid wish for a token. `expireTime` is in whole seconds since the UNIX epoch; 0 asks for the default. */
export type TokenRequest = Readonly<v.InferOutput<typeof tokenRequest>>;
export type DirectTokenRequest = Readonly<v.InferOutput<typeof directTokenRequest>>;

/**
 * @param input the request body; `undefined` for none
 * @throws Fault `ValidationError` that lists every faulty field
 */
export function parseTokenRequest(input: unknown, nowSeconds: number): TokenRequest {
  return parseFields(tokenRequest, input, expireTimeRule(nowSeconds));
}

/** The same for a request that names its session itself, there being no path to do so. */
export function parseDirectTokenRequest(input: unknown, nowSeconds: number): DirectTokenRequest {
  return parseFields(directTokenRequest, input, expireTimeRule(nowSeconds));
}

/** The moment a token asked for now expires at: 0 is 24 hours from now. */
export function toExpireTime({ expireTime }: TokenRequest, nowSeconds: number): number {
  return expireTime === 0 ? nowSeconds + DEFAULT_TOKEN_SECONDS : expireTime;
}

function expireTimeRule(nowSeconds: number): FieldsRule {
  return ({ expireTime }) => {
    if (typeof expireTime !== 'number') return [];
    const detail = judgeExpireTime(expireTime, nowSeconds);
    return detail ? [{ pointer: '#/expireTime', detail }] : [];
  };
}

function judgeExpireTime(expireTime: number, nowSeconds: number): string | undefined {
  const latest = nowSeconds + MAX_TOKEN_SECONDS;
  if (expireTime === 0) return undefined;
  if (expireTime >= LOOKS_LIKE_MILLISECONDS) {
    return 'looks like milliseconds; it must be whole seconds since the UNIX epoch';
  }
  if (!Number.isInteger(expireTime)) {
    return 'must be whole seconds since the UNIX epoch, or 0 for 24 hours from now';
  }
  if (expireTime <= nowSeconds) return `must be later than now, which is ${nowSeconds}`;
  if (expireTime > latest) return `must be at most 30 days from now, which is ${latest}`;
  return undefined;
}
