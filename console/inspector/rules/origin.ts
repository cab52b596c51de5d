/** Which project issued a token, for what, and how it is signed. Pure: no I/O. */
import { readSessionId } from '../session-id.ts';
import { broken, kept, type Rule, show, warning } from './finding.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const purpose: Rule = ({ kind, claims, sessionId }) => {
  const rule = 'For clients';
  if (kind === 't1') return undefined;
  if (sessionId === undefined && claims['scope'] === undefined) {
    return broken(
      rule,
      'not a token for clients',
      'It has no session and no scope, like tokens for the REST API and for other services.',
      'Give clients the token from POST /sessions/{sessionId}/tokens, never one that signs REST calls.',
    );
  }
  if (claims['scope'] === 'session.connect') return kept(rule, 'scope is session.connect.');
  return broken(
    rule,
    'wrong scope',
    `scope is ${show(claims['scope'])}.`,
    'It must be session.connect. Let this API issue the token.',
  );
};

export const algorithm: Rule = ({ kind, header }) => {
  if (kind === 't1') return undefined;
  const rule = 'Algorithm';
  const right = kind === 'vonage-jwt' ? 'RS256' : 'HS256';
  if (header['alg'] === right) return kept(rule, `${right}.`);
  return broken(
    rule,
    'wrong algorithm',
    `alg is ${show(header['alg'])}.`,
    kind === 'vonage-jwt'
      ? 'A Vonage application signs with RS256 and its private key.'
      : 'An OpenTok project signs with HS256 and its API secret.',
  );
};

export const signed: Rule = ({ kind, signature }, { signature: result }) => {
  const rule = 'Signature';
  const form = kind === 't1' ? /^[0-9a-f]{40}$/ : /^[\w-]+$/;
  if (!form.test(signature)) {
    return broken(
      rule,
      signature === '' ? 'no signature' : 'malformed signature',
      signature === '' ? 'The signature is missing.' : 'The signature is malformed.',
      kind === 't1'
        ? 'It is the HMAC-SHA1 of the text after the colon, as 40 lower-case hex digits.'
        : 'Copy the whole token. The part after the second dot is the signature.',
    );
  }
  switch (result) {
    case undefined:
      return kept(rule, 'Present, but not verified: that takes the project’s secret.');
    case 'valid':
      return kept(rule, 'The signature is valid: it was made with the project’s secret.');
    case 'wrong-secret':
      return broken(
        rule,
        'wrong signature',
        'Wrong secret: it was signed with another secret, or changed after signing.',
        'Sign with the secret that the API has, or store the right one there. After a rotation, old tokens are invalid.',
      );
    case 'wrong-algorithm':
      return broken(
        rule,
        'wrong algorithm',
        'Wrong algorithm: the project does not sign tokens like this one.',
        'Let this API issue the token.',
      );
    case 'other-project':
      return warning(
        rule,
        'Other project: this API does not have the secret of the project that signed it.',
        'Inspect it with an API that serves that project.',
      );
  }
};

export const project: Rule = ({ kind, projectId }, { project: served }) => {
  const rule = 'Project';
  const claim = { 'opentok-jwt': 'iss', 'vonage-jwt': 'application_id', t1: 'partner_id' }[kind];
  const isWellFormed =
    typeof projectId === 'string' &&
    (kind === 'vonage-jwt' ? UUID.test(projectId) : /^\d+$/.test(projectId));
  if (!isWellFormed) {
    return broken(
      rule,
      'malformed project id',
      `${claim} is ${show(projectId)}.`,
      kind === 'vonage-jwt'
        ? 'It must be the application’s id, a UUID.'
        : 'It must be the API key: digits, as text and not as a number.',
    );
  }
  if (served && projectId.toLowerCase() !== served.id.toLowerCase()) {
    return warning(
      rule,
      `${claim} is ${projectId}. This API serves ${served.id}.`,
      'Pass the token’s own project to OT.initSession, or let this API issue the token.',
    );
  }
  return kept(rule, `${claim} is ${projectId}.`);
};

export const projectKind: Rule = ({ kind, claims }) => {
  if (kind !== 'opentok-jwt') return undefined;
  const rule = 'Issuer type';
  return claims['ist'] === 'project'
    ? kept(rule, 'ist is project.')
    : broken(rule, 'wrong issuer type', `ist is ${show(claims['ist'])}.`, 'It must be project.');
};

export const session: Rule = ({ sessionId, projectId }) => {
  const rule = 'Session';
  if (typeof sessionId !== 'string') {
    return broken(
      rule,
      'no session',
      `session_id is ${show(sessionId)}.`,
      'A token is for one session. Name it when the token is issued.',
    );
  }
  const parts = readSessionId(sessionId);
  if (!parts) {
    return broken(
      rule,
      'malformed session id',
      'session_id is malformed: it must be 1_ or 2_ and base64url, at most 255 characters.',
      'Copy the whole id, as POST /sessions returns it.',
    );
  }
  const isSame =
    typeof projectId === 'string' && parts.projectId.toLowerCase() === projectId.toLowerCase();
  if (!isSame) {
    return broken(
      rule,
      'session of another project',
      `The session belongs to project ${parts.projectId}, the token to ${show(projectId)}.`,
      'Create the session and issue its tokens with the same project.',
    );
  }
  return kept(rule, `session_id is well formed and names project ${parts.projectId}.`);
};
