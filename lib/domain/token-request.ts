/**
 * Parses and validates a request for a token. Pure: the clock is an argument.
 * Source: "Token Creation Overview" of OpenTok and Vonage. Where SDKs differ from it or from each other,
 * the documented limit applies.
 */
import * as v from 'valibot';
import { validationError } from './faults.ts';
import { type FieldsRule, oneOf, parseFields, wellFormedText } from './request-fields.ts';

export const ROLES = ['subscriber', 'publisher', 'moderator', 'publisheronly'] as const;
export type Role = (typeof ROLES)[number];

/** The roles that each role includes. `subscriber` and `publisheronly` do not include each other. */
export const ROLES_UP_TO: Readonly<Record<Role, readonly Role[]>> = {
  subscriber: ['subscriber'],
  publisheronly: ['publisheronly'],
  publisher: ['publisher', 'subscriber', 'publisheronly'],
  moderator: ['moderator', 'publisher', 'subscriber', 'publisheronly'],
};

/** Lifetime of a token without `expireTime`. The platform's own default. */
export const DEFAULT_TOKEN_SECONDS = 24 * 60 * 60;
/** Longest lifetime of an end user's or guest's token. Our rule: a browser's token lasts a day at most. */
export const USER_MAX_TOKEN_SECONDS = 24 * 60 * 60;
/** Longest lifetime of any token. The platform's limit. */
export const MAX_TOKEN_SECONDS = 30 * 24 * 60 * 60;
/** UTF-16 code units, as JavaScript and the platform's Java count them. */
export const DATA_MAX_LENGTH = 1000;
/** UTF-16 code units of the class names joined by spaces, as the token carries them. */
export const LAYOUT_CLASSES_MAX_LENGTH = 1000;

/**
 * From this number on a time is taken for milliseconds. In seconds it is after the year 5138, in
 * milliseconds after March 1973. A reference app of the vendor shipped tokens that never expired because
 * of this mistake (vonage-video-react-app #637).
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
      // As in the vendor's SDKs, empty data is omitted from the token.
      v.transform((data) => (data === '' ? undefined : data)),
    ),
  ),
  initialLayoutClassList: v.optional(
    v.pipe(
      v.array(
        v.pipe(wellFormedText, v.regex(/^\S+$/, 'must be one class name, without white space')),
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
// Valibot reports the object's message if its only required field is missing.
const directTokenRequest = v.object(
  { ...tokenFields, sessionId: v.string(sessionIdRule) },
  sessionIdRule,
);

/** A valid request. `expireTime` is absolute: whole seconds since the UNIX epoch. */
export type TokenRequest = Readonly<v.InferOutput<typeof tokenRequest>>;
export type DirectTokenRequest = Readonly<v.InferOutput<typeof directTokenRequest>>;

export interface TokenLimits {
  readonly nowSeconds: number;
  /** The longest lifetime of a token, in seconds. At most 30 days (`MAX_TOKEN_SECONDS`). */
  readonly maxTokenSeconds: number;
}

/**
 * Parses the body of a request for a token.
 *
 * @param input `undefined` for no body
 * @throws Fault `ValidationError` that lists every invalid field
 */
export function parseTokenRequest(input: unknown, limits: TokenLimits): TokenRequest {
  const request = parseFields(tokenRequest, input, expireTimeRule(limits));
  return { ...request, expireTime: toAbsolute(request.expireTime, limits) };
}

/** Parses a direct request, which has the session id in its body. */
export function parseDirectTokenRequest(input: unknown, limits: TokenLimits): DirectTokenRequest {
  const request = parseFields(directTokenRequest, input, expireTimeRule(limits));
  return { ...request, expireTime: toAbsolute(request.expireTime, limits) };
}

/**
 * Checks the expiry again at signing, because it may have passed while the request waited.
 *
 * @throws Fault `ValidationError` if the expiry is not in the future
 */
export function assertNotExpired(expireTime: number, nowSeconds: number): void {
  const detail = judgeExpired(expireTime, nowSeconds);
  if (detail) throw validationError([{ pointer: '#/expireTime', detail }]);
}

function judgeExpired(expireTime: number, nowSeconds: number): string | undefined {
  return expireTime <= nowSeconds ? `must be later than now (${nowSeconds})` : undefined;
}

/** Returns the absolute expiry. 0 stands for 24 hours from now, or for the caller's maximum if that is shorter. */
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
    return `must be at most ${maxTokenSeconds} seconds${days} from now (${latest})`;
  }
  return undefined;
}
