import { describe, expect, it } from 'vitest';
import { Fault, validationError } from '../../lib/domain/faults.ts';
import { toProblemResponse } from '../../lib/events/http-response.ts';
import type { AnyFaultName } from '../../tools/openapi/texts/faults.ts';
import { makeFault } from '../../tools/openapi/texts/faults.ts';
import { readProblem } from '../support/contract.ts';
import { REQUEST_ID } from '../support/drive.ts';

const answer = (fault: Fault, auth: 'iam' | 'jwt' = 'iam') =>
  toProblemResponse(fault, REQUEST_ID, { auth });

describe('a problem document', () => {
  it('has the message, without the reason', () => {
    const fault = new Fault('PlatformRefusedError', 'Refused.', {
      reason: 'status 400',
      cause: new Error('secret'),
    });
    expect(readProblem(answer(fault))).toMatchObject({ status: 502 });
    expect(JSON.parse(answer(fault).body)).toEqual({
      type: 'urn:opentok-sessions:platform-refused-error',
      title: 'The video platform rejected the request',
      status: 502,
      detail: 'Refused.',
      requestId: REQUEST_ID,
    });
  });

  it('lists the field errors', () => {
    const errors = [
      { pointer: '#/a', detail: 'must be x' },
      { pointer: '#/b/0', detail: 'must be y' },
    ];
    expect(readProblem(answer(validationError(errors))).problem.errors).toEqual(errors);
  });

  it.each<[name: AnyFaultName, type: string]>([
    ['ValidationError', 'validation-error'],
    ['SessionNotFoundError', 'session-not-found-error'],
    ['UnsupportedMediaTypeError', 'unsupported-media-type-error'],
    ['InternalError', 'internal-error'],
  ])('of %s has the type %s', (name, type) => {
    const body = JSON.parse(answer(makeFault(name, 'x')).body);
    expect(body.type).toBe(`urn:opentok-sessions:${type}`);
  });

  it('has no-store and nosniff headers', () => {
    expect(answer(new Fault('ForbiddenError', 'x')).headers).toEqual({
      'cache-control': 'no-store',
      'content-type': 'application/problem+json',
      'x-content-type-options': 'nosniff',
    });
  });

  it.each([
    [1, '1'],
    [17, '17'],
  ])('has Retry-After: %i seconds', (retryAfterSeconds, header) => {
    const fault = new Fault('PlatformUnavailableError', 'x', { retryAfterSeconds });
    expect(answer(fault).headers['retry-after']).toBe(header);
  });

  it.each([
    ['iam', 'AWS4-HMAC-SHA256'],
    ['jwt', 'Bearer'],
  ] as const)('says how to authenticate: with AUTH=%s by %s', (auth, scheme) => {
    const { headers } = answer(new Fault('UnauthenticatedError', 'x'), auth);
    expect(headers['www-authenticate']).toBe(scheme);
  });
});
