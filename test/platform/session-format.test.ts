import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../lib/domain/faults.ts';
import type { Project } from '../../lib/domain/project.ts';
import { parseSessionRequest } from '../../lib/domain/session-request.ts';
import { buildSessionForm, parseSessionResponse } from '../../lib/platform/session-api.ts';
import { codePoint } from '../support/code-point.ts';
import { catchFault } from '../support/faults.ts';
import { APPLICATION_ID, sessionIds, toSessionId } from '../support/fixtures.ts';

const project: Project = { kind: 'opentok', id: '123456' };
const json = { 'content-type': 'application/json' };
const respond = (body: unknown, headers: Record<string, string> = json) => ({
  status: 200,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

describe('buildSessionForm', () => {
  const archived = { mediaMode: 'routed', archiveMode: 'always' };

  it.each<[scenario: string, request: object | undefined, form: Record<string, string>]>([
    ['no request', undefined, { 'p2p.preference': 'enabled', archiveMode: 'manual' }],
    ['relayed', { mediaMode: 'relayed' }, { 'p2p.preference': 'enabled', archiveMode: 'manual' }],
    ['routed', { mediaMode: 'routed' }, { 'p2p.preference': 'disabled', archiveMode: 'manual' }],
    ['archived', archived, { 'p2p.preference': 'disabled', archiveMode: 'always' }],
    [
      'a location',
      { location: '12.34.56.78' },
      { 'p2p.preference': 'enabled', archiveMode: 'manual', location: '12.34.56.78' },
    ],
    [
      'an archive with name and resolution',
      { ...archived, archiveName: 'a b&c=d+é', archiveResolution: '1280x720' },
      {
        'p2p.preference': 'disabled',
        archiveMode: 'always',
        archiveName: 'a b&c=d+é',
        archiveResolution: '1280x720',
      },
    ],
    [
      'encrypted',
      { mediaMode: 'routed', e2ee: true },
      { 'p2p.preference': 'disabled', archiveMode: 'manual', e2ee: 'true' },
    ],
    ['not encrypted', { e2ee: false }, { 'p2p.preference': 'enabled', archiveMode: 'manual' }],
  ])('sets both modes and only the requested options: %s', (_scenario, request, form) => {
    const body = buildSessionForm(parseSessionRequest(request));
    expect([...new URLSearchParams(body)].sort()).toEqual(Object.entries(form).sort());
  });

  it('encodes values as a form', () => {
    const options = parseSessionRequest({ ...archived, archiveName: 'a b&c=d+é' });
    expect(buildSessionForm(options)).toContain('archiveName=a+b%26c%3Dd%2B%C3%A9');
  });
});

describe('parseSessionResponse', () => {
  it.each([
    ['of an OpenTok project', project, sessionIds.openTok],
    ['of a Vonage application', { kind: 'vonage', id: APPLICATION_ID }, sessionIds.vonage],
    [
      'of a Vonage application in capitals',
      { kind: 'vonage', id: APPLICATION_ID },
      toSessionId(`1~${APPLICATION_ID.toUpperCase()}~~1~x~~`),
    ],
  ] as [string, Project, string][])('returns the session id %s', (_scenario, owner, id) => {
    expect(parseSessionResponse(respond([{ session_id: id }]), owner)).toBe(id);
  });

  it('ignores undocumented fields', () => {
    const session = { session_id: sessionIds.openTok, partner_id: '7', create_dt: 'Fri', x: null };
    expect(parseSessionResponse(respond([session]), project)).toBe(sessionIds.openTok);
  });

  it.each([
    'application/json',
    'application/json;charset=UTF-8',
    'Application/JSON; charset=utf-8',
  ])('accepts the content type %s', (contentType) => {
    const response = respond([{ session_id: sessionIds.openTok }], { 'content-type': contentType });
    expect(parseSessionResponse(response, project)).toBe(sessionIds.openTok);
  });

  const good = [{ session_id: sessionIds.openTok }];
  it.each<[scenario: string, response: ReturnType<typeof respond>, what: string]>([
    ['no content type', respond(good, {}), 'its content type is none'],
    ['XML', respond('<sessions/>', { 'content-type': 'text/xml' }), 'its content type is text/xml'],
    ['HTML', respond('<html>', { 'content-type': 'text/html' }), 'its content type is text/html'],
    ['text', respond(good, { 'content-type': 'text/plain' }), 'its content type is text/plain'],
    ['no body', respond(''), 'it is empty'],
    ['half a body', respond('[{"session_id":"1_M'), 'it is not JSON (19 characters)'],
    ['XML called JSON', respond('<sessions/>'), 'it is not JSON (11 characters)'],
    ['null', respond('null'), 'it is not an array'],
    ['an object', respond({ session_id: sessionIds.openTok }), 'it is not an array'],
    ['an error object', respond({ code: -1, message: 'x' }), 'it is not an array'],
    ['an empty array', respond([]), 'it is an array of 0 sessions'],
    ['two sessions', respond([...good, ...good]), 'it is an array of 2 sessions'],
    ['null for a session', respond([null]), 'its session has no session_id'],
    ['text for a session', respond([sessionIds.openTok]), 'its session has no session_id'],
    ['no id', respond([{}]), 'its session has no session_id'],
    ['null for an id', respond([{ session_id: null }]), 'its session has no session_id'],
    ['a number for an id', respond([{ session_id: 7 }]), 'its session has no session_id'],
    ['an empty id', respond([{ session_id: '' }]), 'its session_id is malformed'],
    ['a malformed id', respond([{ session_id: '1_x' }]), 'its session_id is malformed'],
    [
      'an id of 256 characters',
      respond([{ session_id: toSessionId('1~123456~~1~'.padEnd(190, 'x')) }]),
      'its session_id is malformed',
    ],
    [
      'a session of another project',
      respond([{ session_id: sessionIds.openTok2025 }]),
      'its session belongs to another project',
    ],
    [
      'a session of a project with a longer key',
      respond([{ session_id: toSessionId('1~1234567~~1~x~~') }]),
      'its session belongs to another project',
    ],
    [
      'a session of a project with a shorter key',
      respond([{ session_id: toSessionId('1~12345~~1~x~~') }]),
      'its session belongs to another project',
    ],
  ])('rejects %s', async (_scenario, response, what) => {
    const fault = await catchFault(() => parseSessionResponse(response, project));
    expect(fault).toMatchObject({
      name: 'PlatformInvalidResponseError',
      message: 'The video platform returned an invalid response.',
      reason: `The platform's response is invalid: ${what}.`,
    });
  });

  it('limits the length of the quoted content type', async () => {
    const response = respond('', { 'content-type': 'x'.repeat(10_000) });
    const fault = await catchFault(() => parseSessionResponse(response, project));
    expect(fault.reason?.length).toBeLessThan(200);
  });

  it('throws PlatformInvalidResponseError for every other body', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: codePoint }), fc.json()), (body) => {
        expect(() => parseSessionResponse(respond(body), project)).toThrow(Fault);
      }),
      { numRuns: 1000 },
    );
  });
});
