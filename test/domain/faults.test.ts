import { describe, expect, it } from 'vitest';
import { Fault, judgePlatformRefusal, toFault } from '../../lib/domain/faults.ts';
import type { AnyFaultName } from '../../tools/openapi/texts/faults.ts';
import { makeFault } from '../../tools/openapi/texts/faults.ts';

describe('a fault', () => {
  // Callers depend on names and statuses: neither may change once published.
  const published = {
    ValidationError: 400,
    UnauthenticatedError: 401,
    ForbiddenError: 403,
    SessionNotFoundError: 404,
    RoomNotFoundError: 404,
    RoomNotOpenError: 403,
    RoomLockedError: 403,
    MethodNotAllowedError: 405,
    RoomFullError: 409,
    RoomConflictError: 409,
    RoomClosedError: 410,
    PreconditionFailedError: 412,
    PayloadTooLargeError: 413,
    UnsupportedMediaTypeError: 415,
    InternalError: 500,
    ConfigurationError: 500,
    InvalidRoomItemError: 500,
    InviteNotFoundError: 404,
    KnockNotFoundError: 404,
    ParticipantNotFoundError: 404,
    ParticipantBannedError: 403,
    ParticipantUnidentifiedError: 409,
    AdmissionDeniedError: 403,
    TooManyRequestsError: 429,
    CredentialsRefusedError: 502,
    PlatformRefusedError: 502,
    PlatformInvalidResponseError: 502,
    PlatformUnavailableError: 503,
    SecretUnavailableError: 503,
    RoomStoreUnavailableError: 503,
    CredentialsChangingError: 503,
    ResultPublishError: 503,
    CallbackUnsignedError: 503,
    PlatformTimeoutError: 504,
  } satisfies Record<AnyFaultName, number>;

  it.each(Object.entries(published) as [AnyFaultName, number][])(
    'named %s has status %i',
    (name, status) => {
      const fault = makeFault(name, 'detail');
      expect(fault).toMatchObject({ name, status, message: 'detail' });
      expect(fault.title).not.toBe('');
    },
  );

  it('is transient from status 500 on unless it is marked as lasting', () => {
    const isTransient = (name: AnyFaultName, options = {}) =>
      makeFault(name, 'x', options).isTransient;
    expect(isTransient('UnsupportedMediaTypeError')).toBe(false);
    expect(isTransient('InternalError')).toBe(true);
    expect(isTransient('PlatformRefusedError')).toBe(true);
    expect(isTransient('PlatformRefusedError', { isTransient: false })).toBe(false);
  });

  it('is returned unchanged by toFault', () => {
    const fault = new Fault('ValidationError', 'x');
    expect(toFault(fault)).toBe(fault);
  });

  it.each([
    ['an error', new TypeError('x is undefined'), 'TypeError: x is undefined'],
    ['a string', 'oops', 'oops'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
  ])('made of a thrown %s has its message in the reason only', (_scenario, thrown, reason) => {
    const fault = toFault(thrown);
    expect(fault).toMatchObject({
      name: 'InternalError',
      status: 500,
      message: 'The request could not be handled.',
      reason,
      cause: thrown,
    });
  });
});

describe('a rejection by the platform', () => {
  it.each([
    [400, 'PlatformRefusedError', 'for good'],
    [401, 'CredentialsRefusedError', 'for now'],
    [402, 'PlatformRefusedError', 'for now'],
    [403, 'CredentialsRefusedError', 'for now'],
    [404, 'PlatformRefusedError', 'for now'],
    [405, 'PlatformRefusedError', 'for now'],
    [408, 'PlatformRefusedError', 'for now'],
    [409, 'PlatformRefusedError', 'for now'],
    [415, 'PlatformRefusedError', 'for now'],
    [422, 'PlatformRefusedError', 'for now'],
    [428, 'PlatformRefusedError', 'for now'],
    [429, 'PlatformUnavailableError', 'for now'],
    [499, 'PlatformRefusedError', 'for now'],
    [500, 'PlatformUnavailableError', 'for now'],
    [501, 'PlatformUnavailableError', 'for now'],
    [599, 'PlatformUnavailableError', 'for now'],
  ])('with %i is %s, %s', (status, name, lasts) => {
    expect(judgePlatformRefusal(status)).toEqual({ name, isTransient: lasts === 'for now' });
  });
});
