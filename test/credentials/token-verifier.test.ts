import { createHmac, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseTokenVerifier } from '../../lib/credentials/token-verifier.ts';
import { parseInspectRequest } from '../../lib/domain/inspect-request.ts';
import { catchFault } from '../support/faults.ts';
import { APPLICATION_ID, OPENTOK_SECRET } from '../support/fixtures.ts';
import { buildJwt, buildT1, hs256, rs256, tamperJwt, unsigned } from '../support/foreign-tokens.ts';
import { privateKeyPem, rsa, VONAGE_SECRET } from '../support/keys.ts';

const { apiKey, apiSecret } = OPENTOK_SECRET;
const ofProject = { iss: apiKey, ist: 'project', scope: 'session.connect' };
const ofApplication = { application_id: APPLICATION_ID, scope: 'session.connect' };
const HS256 = { alg: 'HS256', typ: 'JWT' };
const RS256 = { alg: 'RS256', typ: 'JWT' };
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();

async function judge(secret: object, text: string) {
  const { judgeSignature } = await parseTokenVerifier(JSON.stringify(secret));
  const request = parseInspectRequest({ token: text });
  return judgeSignature(request.text, request.token);
}

describe('the signature of a token, for an OpenTok project', () => {
  it.each<[what: string, token: string, verdict: string]>([
    ['its own', buildJwt(HS256, ofProject, hs256(apiSecret)), 'valid'],
    [
      'its own with a header in another order',
      buildJwt({ typ: 'JWT', alg: 'HS256' }, ofProject, hs256(apiSecret)),
      'valid',
    ],
    ['another secret', buildJwt(HS256, ofProject, hs256(`${apiSecret}0`)), 'wrong-secret'],
    ['an empty secret', buildJwt(HS256, ofProject, hs256('')), 'wrong-secret'],
    ['a changed one', tamperJwt(buildJwt(HS256, ofProject, hs256(apiSecret))), 'wrong-secret'],
    [
      'half of one',
      buildJwt(HS256, ofProject, (text) => hs256(apiSecret)(text).subarray(0, 16)),
      'wrong-secret',
    ],
    ['none', buildJwt(HS256, ofProject, unsigned), 'wrong-secret'],
    [
      'claims changed afterwards',
      buildJwt(HS256, { ...ofProject, role: 'moderator' }, () =>
        hs256(apiSecret)(buildJwt(HS256, ofProject, unsigned).slice(0, -1)),
      ),
      'wrong-secret',
    ],
    [
      'a critical extension that is unknown',
      buildJwt({ ...HS256, crit: ['exp'] }, ofProject, hs256(apiSecret)),
      'wrong-secret',
    ],
    ['alg none', buildJwt({ alg: 'none' }, ofProject, unsigned), 'wrong-algorithm'],
    ['alg NONE', buildJwt({ alg: 'NONE' }, ofProject, unsigned), 'wrong-algorithm'],
    ['no alg', buildJwt({ typ: 'JWT' }, ofProject, hs256(apiSecret)), 'wrong-algorithm'],
    ['alg as a list', buildJwt({ alg: ['HS256'] }, ofProject, unsigned), 'wrong-algorithm'],
    [
      'HS512 with the right secret',
      buildJwt({ alg: 'HS512' }, ofProject, (text) =>
        createHmac('sha512', apiSecret).update(text).digest(),
      ),
      'wrong-algorithm',
    ],
    ['RS256', buildJwt(RS256, ofProject, rs256(rsa.privateKey)), 'wrong-algorithm'],
    [
      'RS256 in name, the right secret in truth',
      buildJwt(RS256, ofProject, hs256(apiSecret)),
      'wrong-algorithm',
    ],
    [
      'the right secret and no project',
      buildJwt(HS256, { scope: 'session.connect' }, hs256(apiSecret)),
      'valid',
    ],
    [
      'the right secret for another project',
      buildJwt(HS256, { ...ofProject, iss: '123457' }, hs256(apiSecret)),
      'other-project',
    ],
    [
      'a Vonage application',
      buildJwt(RS256, ofApplication, rs256(rsa.privateKey)),
      'other-project',
    ],
    ['T1', buildT1(apiKey, 'session_id=1_x&nonce=1', apiSecret), 'valid'],
    ['T1 in base64url', toBase64Url(buildT1(apiKey, 'session_id=?>&nonce=1', apiSecret)), 'valid'],
    ['T1 beyond ASCII', buildT1(apiKey, 'connection_data=é🎥', apiSecret), 'valid'],
    ['T1, another secret', buildT1(apiKey, 'session_id=1_x', 'other'), 'wrong-secret'],
    ['T1, another project', buildT1('123457', 'session_id=1_x', apiSecret), 'other-project'],
    ['T1, no signature', unsignedT1(apiKey, ''), 'wrong-secret'],
    ['T1, 40 characters beyond ASCII', unsignedT1(apiKey, 'é'.repeat(40)), 'wrong-secret'],
  ])('with %s: token %s is %s', async (_, token, verdict) => {
    expect(await judge(OPENTOK_SECRET, token)).toBe(verdict);
  });
});

describe('the signature of a token, for a Vonage application', () => {
  const own = buildJwt(RS256, ofApplication, rs256(rsa.privateKey));
  it.each<[what: string, token: string, verdict: string]>([
    ['its own', own, 'valid'],
    [
      'its own, with the id in capitals',
      buildJwt(
        RS256,
        { ...ofApplication, application_id: APPLICATION_ID.toUpperCase() },
        rs256(rsa.privateKey),
      ),
      'valid',
    ],
    ['another key', buildJwt(RS256, ofApplication, rs256(stranger.privateKey)), 'wrong-secret'],
    ['a changed one', tamperJwt(own), 'wrong-secret'],
    ['alg none', buildJwt({ alg: 'none' }, ofApplication, unsigned), 'wrong-algorithm'],
    [
      'HS256 with the public key, which everybody may know',
      buildJwt(HS256, ofApplication, hs256(publicPem)),
      'wrong-algorithm',
    ],
    [
      'RS256 in name, HS256 with the public key in truth',
      buildJwt(RS256, ofApplication, hs256(publicPem)),
      'wrong-secret',
    ],
    ['PS256', buildJwt({ alg: 'PS256' }, ofApplication, unsigned), 'wrong-algorithm'],
    [
      'another application',
      buildJwt(RS256, { application_id: APPLICATION_ID.replace('2', '3') }, rs256(rsa.privateKey)),
      'other-project',
    ],
    ['an OpenTok project', buildJwt(HS256, ofProject, hs256(apiSecret)), 'other-project'],
    ['T1, which it has none of', buildT1(apiKey, 'session_id=1_x', apiSecret), 'other-project'],
    ['T1 in its name', buildT1(APPLICATION_ID, 'session_id=1_x', publicPem), 'wrong-algorithm'],
  ])('with %s: token %s is %s', async (_, token, verdict) => {
    expect(await judge(VONAGE_SECRET, token)).toBe(verdict);
  });

  it('is verified with both formats of the private key', async () => {
    const secret = { ...VONAGE_SECRET, privateKey: privateKeyPem.pkcs1 };
    expect(await judge(secret, own)).toBe('valid');
  });
});

it('a malformed secret is the same error as for signing', async () => {
  const fault = await catchFault(() => parseTokenVerifier('{"apiKey":"123456"}'));
  expect(fault).toMatchObject({ name: 'ConfigurationError' });
  expect(fault.reason).toBe('The secret is malformed: apiSecret is missing.');
});

function unsignedT1(project: string, signature: string): string {
  return `T1==${Buffer.from(`partner_id=${project}&sig=${signature}:a=b`).toString('base64')}`;
}

function toBase64Url(token: string): string {
  return token.replaceAll('+', '-').replaceAll('/', '_');
}
