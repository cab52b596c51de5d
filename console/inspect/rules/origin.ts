/** Whose token it is, what for, and how it is signed. Pure. */
import { readSessionId } from '../session-id.ts';
import { broken, kept, type Rule, show, warning } from './finding.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const purpose: Rule = ({ kind, claims, sessionId }) => {
  const rule = 'It is for clients';
  if (kind === 't1') return undefined;
  if (sessionId === undefined && claims['scope'] === undefined) {
    return broken(
      rule,
      'This token names no session and no scope, as those for the REST API and of other services do.',
      'Give clients the token that POST /sessions/{sessionId}/tokens answers, never one that signs REST calls.',
    );
  }
  if (claims['scope'] === 'session.connect') return kept(rule, 'scope is session.connect.');
  return broken(
    rule,
    `scope is ${show(claims['scope'])}.`,
    'It must be session.connect; let this API issue the token.',
  );
};

export const algorithm: Rule = ({ kind, header }) => {
  if (kind === 't1') return undefined;
  const rule = 'The algorithm is the platform’s';
  const right = kind === 'vonage-jwt' ? 'RS256' : 'HS256';
  if (header['alg'] === right) return kept(rule, `${right}.`);
  return broken(
    rule,
    `alg is ${show(header['alg'])}.`,
    kind === 'vonage-jwt'
      ? 'A Vonage application signs with RS256 and its private key.'
      : 'An OpenTok project signs with HS256 and its API secret.',
  );
};

export const signed: Rule = ({ kind, signature }, { signature: verdict }) => {
  const rule = 'It is signed';
  const form = kind === 't1' ? /^[0-9a-f]{40}$/ : /^[\w-]+$/;
  if (!form.test(signature)) {
    return broken(
      rule,
      signature === '' ? 'There is no signature.' : 'The signature has another form.',
      kind === 't1'
        ? 'It is the HMAC-SHA1 of the text after the colon, as 40 lower-case hex digits.'
        : 'Copy the whole token; the part after the second dot is the signature.',
    );
  }
  switch (verdict) {
    case undefined:
      return kept(
        rule,
        'The signature is there; checking it takes the secret, which this page has not.',
      );
    case 'valid':
      return kept(rule, 'The signature is valid: the project’s secret has made it.');
    case 'wrong-secret':
      return broken(
        rule,
        'Wrong secret: the signature is not of the project’s secret, or the token was changed.',
        'Sign with the secret that the API has, or put the right one there; after a rotation old tokens are no good.',
      );
    case 'wrong-algorithm':
      return broken(
        rule,
        'Wrong algorithm: the project does not sign such tokens, so the signature counts for nothing.',
        'Let this API issue the token.',
      );
    case 'other-project':
      return warning(
        rule,
        'Other project: the signature is of a project whose secret the API on this machine has not.',
        'Inspect it with an API that serves that project.',
      );
  }
};

export const project: Rule = ({ kind, projectId }, { project: wanted }) => {
  const rule = 'It names its project';
  const claim = { 'opentok-jwt': 'iss', 'vonage-jwt': 'application_id', t1: 'partner_id' }[kind];
  const isWellFormed =
    typeof projectId === 'string' &&
    (kind === 'vonage-jwt' ? UUID.test(projectId) : /^\d+$/.test(projectId));
  if (!isWellFormed) {
    return broken(
      rule,
      `${claim} is ${show(projectId)}.`,
      kind === 'vonage-jwt'
        ? 'It must be the application’s id, a UUID.'
        : 'It must be the API key: digits, as text and not as a number.',
    );
  }
  if (wanted && projectId.toLowerCase() !== wanted.id.toLowerCase()) {
    return warning(
      rule,
      `${claim} is ${projectId}; the API on this machine serves ${wanted.id}.`,
      'Whoever uses this token must name its own project to OT.initSession; or let this API issue it.',
    );
  }
  return kept(rule, `${claim} is ${projectId}.`);
};

export const projectKind: Rule = ({ kind, claims }) => {
  if (kind !== 'opentok-jwt') return undefined;
  const rule = 'It is a project’s token';
  return claims['ist'] === 'project'
    ? kept(rule, 'ist is project.')
    : broken(rule, `ist is ${show(claims['ist'])}.`, 'It must be project.');
};

export const session: Rule = ({ sessionId, projectId }) => {
  const rule = 'Its session is one of its project';
  if (typeof sessionId !== 'string') {
    return broken(
      rule,
      `session_id is ${show(sessionId)}.`,
      'A token is for one session: name it when the token is issued.',
    );
  }
  const parts = readSessionId(sessionId);
  if (!parts) {
    return broken(
      rule,
      'session_id is no session id: 1_ or 2_ and base64url, at most 255 characters.',
      'Take the id whole, as POST /sessions answers it.',
    );
  }
  const isSame =
    typeof projectId === 'string' && parts.projectId.toLowerCase() === projectId.toLowerCase();
  if (!isSame) {
    return broken(
      rule,
      `The session is of project ${parts.projectId}, the token of ${show(projectId)}.`,
      'Create the session and issue its tokens with one and the same project.',
    );
  }
  return kept(rule, `session_id is well formed and names project ${parts.projectId}.`);
};
