import { describe, expect, it } from 'vitest';
import type { Project } from '../../lib/domain/project.ts';
import { toProjectField } from '../../lib/domain/project.ts';
import { buildClientClaims, buildProjectClaims } from '../../lib/domain/token-claims.ts';
import { APPLICATION_ID, NOW_SECONDS, sessionIds } from '../support/fixtures.ts';

const openTok: Project = { kind: 'opentok', id: '123456' };
const vonage: Project = { kind: 'vonage', id: APPLICATION_ID };
const uniqueness = { nonce: 42, jti: '6e1f7f0c-9c3f-4d0e-8f5a-0f2f0e3d1c2b' };
const plain = {
  sessionId: sessionIds.openTok,
  role: 'publisher',
  issuedAtSeconds: NOW_SECONDS,
  expireTime: NOW_SECONDS + 60,
  data: undefined,
  initialLayoutClassList: [],
} as const;
const full = { ...plain, data: 'name=J', initialLayoutClassList: ['focus', 'full'] };

describe('the claims of a client token', () => {
  it('are those of the OpenTok SDKs', () => {
    expect(buildClientClaims(openTok, full, uniqueness)).toEqual({
      iss: '123456',
      ist: 'project',
      scope: 'session.connect',
      session_id: sessionIds.openTok,
      role: 'publisher',
      iat: NOW_SECONDS,
      exp: NOW_SECONDS + 60,
      nonce: 42,
      connection_data: 'name=J',
      initial_layout_class_list: 'focus full',
    });
  });

  it('omit what was not requested in an OpenTok token', () => {
    const claims = buildClientClaims(openTok, plain, uniqueness);
    expect(Object.keys(claims).sort()).toEqual(
      ['exp', 'iat', 'iss', 'ist', 'nonce', 'role', 'scope', 'session_id'].sort(),
    );
  });

  it('are those of the Vonage SDK for a Vonage application', () => {
    expect(buildClientClaims(vonage, full, uniqueness)).toEqual({
      application_id: APPLICATION_ID,
      scope: 'session.connect',
      session_id: sessionIds.openTok,
      role: 'publisher',
      initial_layout_class_list: 'focus full',
      sub: 'video',
      acl: { paths: { '/session/**': {} } },
      jti: uniqueness.jti,
      iat: NOW_SECONDS,
      exp: NOW_SECONDS + 60,
      connection_data: 'name=J',
    });
  });

  it('have an empty layout list and no data by default in a Vonage token', () => {
    const claims = buildClientClaims(vonage, plain, uniqueness);
    expect(claims).toHaveProperty('initial_layout_class_list', '');
    expect(claims).not.toHaveProperty('connection_data');
  });

  it.each([openTok, vonage])('contain empty data ($kind)', (project) => {
    const claims = buildClientClaims(project, { ...plain, data: '' }, uniqueness);
    expect(claims).toHaveProperty('connection_data', '');
  });

  it.each(['subscriber', 'publisher', 'moderator', 'publisheronly'] as const)(
    'contain the role %s in both environments',
    (role) => {
      expect(buildClientClaims(openTok, { ...plain, role }, uniqueness)['role']).toBe(role);
      expect(buildClientClaims(vonage, { ...plain, role }, uniqueness)['role']).toBe(role);
    },
  );
});

describe('the claims of a REST token', () => {
  it.each([
    [openTok, { iss: '123456', ist: 'project' }],
    [vonage, { application_id: APPLICATION_ID }],
  ])('name the $kind project, expire after 3 minutes and have no acl', (project, issuer) => {
    expect(buildProjectClaims(project, NOW_SECONDS, 'id-1')).toEqual({
      ...issuer,
      iat: NOW_SECONDS,
      exp: NOW_SECONDS + 180,
      jti: 'id-1',
    });
  });
});

describe('the project in a response', () => {
  it.each([
    [openTok, { apiKey: '123456' }],
    [vonage, { applicationId: APPLICATION_ID }],
  ])('has the field name that clients of $kind use', (project, field) => {
    expect(toProjectField(project)).toEqual(field);
  });
});
