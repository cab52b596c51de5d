import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseCredentials } from '../../lib/credentials/credentials.ts';
import { catchFault } from '../support/faults.ts';
import { APPLICATION_ID, OPENTOK_SECRET, sessionIds } from '../support/fixtures.ts';
import { privateKeyPem, rsa, VONAGE_SECRET } from '../support/keys.ts';
import { decodeJwt, verifyHs256, verifyRs256 } from '../support/verify-token.ts';

const parse = (secret: unknown) => parseCredentials(JSON.stringify(secret));
const pem = (type: 'pkcs8' | 'sec1' | 'pkcs1', key: { export(options: object): string | Buffer }) =>
  key.export({ type, format: 'pem' }).toString();

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
const passphrase = { cipher: 'aes-256-cbc', passphrase: 'open sesame' };
const encrypted = {
  pkcs8: rsa.privateKey.export({ type: 'pkcs8', format: 'pem', ...passphrase }).toString(),
  pkcs1: rsa.privateKey.export({ type: 'pkcs1', format: 'pem', ...passphrase }).toString(),
};

describe('the credentials of an OpenTok project', () => {
  it('sign a JWT as the reference vector has it', async () => {
    const { signJwt } = await parse(OPENTOK_SECRET);
    const token = await signJwt({
      iss: '123456',
      ist: 'project',
      iat: 1_700_000_000,
      exp: 1_700_000_180,
      jti: 'jti-1',
    });
    expect(token.split('.')[2]).toBe('YA4Y2OynHHkgDo4cLuisTKUm0MUhOW3fw8c_EK0qOMM');
    expect(verifyHs256(token, OPENTOK_SECRET.apiSecret)).toHaveProperty('jti', 'jti-1');
  });

  it.each([
    ['%20', 'aca872a259a9f66831f54dfdd78a12d2f21120c7'],
    ['+', 'dc18a60174e3555e5f05bd8611afe6807a2a605d'],
  ])('sign T1 data as the reference vector with %s has it', async (space, signature) => {
    const data = `session_id=${sessionIds.openTok}&create_time=1700000000&expire_time=1700086400&nonce=123456789&role=publisher&connection_data=name%3DJ h%26x&initial_layout_class_list=focus full`;
    const { signT1 } = await parse(OPENTOK_SECRET);
    expect(signT1?.(data.replaceAll(' ', space))).toBe(signature);
  });

  it.each([
    ['40 characters', 'a'.repeat(40)],
    ['42 characters, as in the SDKs', OPENTOK_SECRET.apiSecret],
    ['1 character', 'x'],
    ['characters beyond ASCII', 'sécret🎥'],
  ])('take an API secret of %s, signing with its UTF-8', async (_scenario, apiSecret) => {
    const { project, signJwt } = await parse({ ...OPENTOK_SECRET, apiSecret });
    expect(project).toEqual({ kind: 'opentok', id: '123456' });
    expect(verifyHs256(await signJwt({ a: 'é' }), apiSecret)).toEqual({ a: 'é' });
  });

  it('ignore fields that belong to nobody', async () => {
    const { project } = await parse({ ...OPENTOK_SECRET, note: 'rotated in May' });
    expect(project.id).toBe('123456');
  });
});

describe('the credentials of a Vonage application', () => {
  it.each(['pkcs8', 'pkcs1'] as const)('sign RS256 with a key in %s', async (format) => {
    const { project, signJwt, signT1 } = await parse({
      ...VONAGE_SECRET,
      privateKey: privateKeyPem[format],
    });
    expect(project).toEqual({ kind: 'vonage', id: APPLICATION_ID });
    expect(verifyRs256(await signJwt({ a: 'é' }), rsa.publicKey)).toEqual({ a: 'é' });
    expect(signT1).toBeUndefined();
  });

  it('take a key of 2048 bits with white space around it', async () => {
    const { signJwt } = await parse({
      ...VONAGE_SECRET,
      privateKey: `\n${privateKeyPem.pkcs8}\n\n`,
    });
    expect(decodeJwt(await signJwt({})).header).toEqual({ alg: 'RS256', typ: 'JWT' });
  });

  it('take a key with Windows line breaks', async () => {
    const privateKey = privateKeyPem.pkcs8.replaceAll('\n', '\r\n');
    const { signJwt } = await parse({ ...VONAGE_SECRET, privateKey });
    expect(verifyRs256(await signJwt({ a: 1 }), rsa.publicKey)).toEqual({ a: 1 });
  });

  it('know the application id in lower case', async () => {
    const applicationId = APPLICATION_ID.toUpperCase();
    const { project } = await parse({ ...VONAGE_SECRET, applicationId });
    expect(project.id).toBe(APPLICATION_ID);
  });
});

describe('credentials', () => {
  it.each([
    ['an OpenTok project', OPENTOK_SECRET, OPENTOK_SECRET.apiSecret],
    ['a Vonage application', VONAGE_SECRET, VONAGE_SECRET.privateKey.slice(100, 140)],
  ])('of %s hold nothing that a log could print', async (_scenario, secret, hidden) => {
    const credentials = await parse(secret);
    const shown =
      JSON.stringify(credentials) + inspect(credentials, { depth: 9, showHidden: true });
    expect(shown).toContain(credentials.project.id);
    expect(shown).not.toContain(hidden);
  });

  const notPem = privateKeyPem.pkcs8.replaceAll('-----', '');
  const { apiKey, apiSecret } = OPENTOK_SECRET;
  const { applicationId, privateKey } = VONAGE_SECRET;
  const vonage = (changed: object) => JSON.stringify({ ...VONAGE_SECRET, ...changed });
  const openTok = (changed: object) => JSON.stringify({ ...OPENTOK_SECRET, ...changed });

  it.each<[scenario: string, secretText: string, what: string]>([
    ['nothing', '', 'it is not JSON'],
    ['text', `${apiKey}:${apiSecret}`, 'it is not JSON'],
    ['a bare PEM', privateKey, 'it is not JSON'],
    ['JSON cut off', openTok({}).slice(0, -1), 'it is not JSON'],
    ['JSON after a BOM', `\ufeff${openTok({})}`, 'it is not JSON'],
    ['JSON with a bare value', `{"apiKey":"1","apiSecret":${apiSecret}}`, 'it is not JSON'],
    ['null', 'null', 'it is not a JSON object'],
    ['a number', '123456', 'it is not a JSON object'],
    ['text in JSON', JSON.stringify(apiSecret), 'it is not a JSON object'],
    ['an array', JSON.stringify([apiKey, apiSecret]), 'it is not a JSON object'],
    [
      'an empty object',
      '{}',
      'it has neither apiKey and apiSecret nor applicationId and privateKey',
    ],
    [
      'names in another spelling',
      JSON.stringify({ api_key: apiKey, api_secret: apiSecret }),
      'it has neither apiKey and apiSecret nor applicationId and privateKey',
    ],
    [
      'both kinds whole',
      JSON.stringify({ ...OPENTOK_SECRET, ...VONAGE_SECRET }),
      'it mixes fields of an OpenTok project and of a Vonage application',
    ],
    [
      'one field of each kind',
      JSON.stringify({ apiKey, privateKey }),
      'it mixes fields of an OpenTok project and of a Vonage application',
    ],
    [
      'a whole kind and a null of the other',
      openTok({ applicationId: null }),
      'it mixes fields of an OpenTok project and of a Vonage application',
    ],
    ['no apiSecret', JSON.stringify({ apiKey }), 'apiSecret is missing'],
    ['no apiKey', JSON.stringify({ apiSecret }), 'apiKey is missing'],
    ['apiKey null', openTok({ apiKey: null }), 'apiKey is not a string'],
    ['apiKey as a number', openTok({ apiKey: 123456 }), 'apiKey is not a string'],
    ['an empty apiKey', openTok({ apiKey: '' }), 'apiKey is empty'],
    ['apiKey with a letter', openTok({ apiKey: '12345x' }), 'apiKey is not a string of digits'],
    [
      'apiKey with a line break',
      openTok({ apiKey: '123456\n' }),
      'apiKey is not a string of digits',
    ],
    ['apiKey with a UUID', openTok({ apiKey: applicationId }), 'apiKey is not a string of digits'],
    ['an empty apiSecret', openTok({ apiSecret: '' }), 'apiSecret is empty'],
    [
      'apiSecret as an object',
      openTok({ apiSecret: { value: apiSecret } }),
      'apiSecret is not a string',
    ],
    [
      'a line break after apiSecret',
      openTok({ apiSecret: `${apiSecret}\n` }),
      'apiSecret has white space in it',
    ],
    [
      'a space before apiSecret',
      openTok({ apiSecret: ` ${apiSecret}` }),
      'apiSecret has white space in it',
    ],
    ['no privateKey', JSON.stringify({ applicationId }), 'privateKey is missing'],
    ['no applicationId', JSON.stringify({ privateKey }), 'applicationId is missing'],
    ['applicationId null', vonage({ applicationId: null }), 'applicationId is not a string'],
    ['an empty applicationId', vonage({ applicationId: '' }), 'applicationId is empty'],
    [
      'an API key as applicationId',
      vonage({ applicationId: apiKey }),
      'applicationId is not a UUID',
    ],
    [
      'a UUID without hyphens',
      vonage({ applicationId: applicationId.replaceAll('-', '') }),
      'applicationId is not a UUID',
    ],
    [
      'a UUID in braces',
      vonage({ applicationId: `{${applicationId}}` }),
      'applicationId is not a UUID',
    ],
    ['an empty privateKey', vonage({ privateKey: '' }), 'privateKey is empty'],
    [
      'privateKey as a list of lines',
      vonage({ privateKey: privateKey.split('\n') }),
      'privateKey is not a string',
    ],
    [
      'an encrypted PKCS#8 key',
      vonage({ privateKey: encrypted.pkcs8 }),
      'privateKey is encrypted; store it without a passphrase',
    ],
    [
      'an encrypted PKCS#1 key',
      vonage({ privateKey: encrypted.pkcs1 }),
      'privateKey is encrypted; store it without a passphrase',
    ],
    [
      'a public key',
      vonage({ privateKey: rsa.publicKey.export({ type: 'spki', format: 'pem' }) }),
      'privateKey is a public key',
    ],
    [
      'a PKCS#1 public key',
      vonage({ privateKey: rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }) }),
      'privateKey is a public key',
    ],
    [
      'an EC key',
      vonage({ privateKey: pem('pkcs8', ec.privateKey) }),
      'privateKey is not an RSA key',
    ],
    [
      'an EC key in SEC1',
      vonage({ privateKey: pem('sec1', ec.privateKey) }),
      'privateKey is not an RSA key',
    ],
    [
      'an RSA-PSS key',
      vonage({ privateKey: pem('pkcs8', pss.privateKey) }),
      'privateKey is not an RSA key',
    ],
    [
      'a key of 1024 bits',
      vonage({ privateKey: pem('pkcs8', short.privateKey) }),
      'privateKey has 1024 bits; at least 2048 are needed',
    ],
    [
      'no PEM at all',
      vonage({ privateKey: notPem }),
      'privateKey is not a private key in PEM form (check its line breaks)',
    ],
    [
      'a PEM in one line',
      vonage({ privateKey: privateKey.replaceAll('\n', '') }),
      'privateKey is not a private key in PEM form (check its line breaks)',
    ],
    [
      'a PEM with escaped line breaks',
      vonage({ privateKey: privateKey.replaceAll('\n', '\\n') }),
      'privateKey is not a private key in PEM form (check its line breaks)',
    ],
    [
      'a PEM cut off',
      vonage({ privateKey: privateKey.slice(0, 400) }),
      'privateKey is not a private key in PEM form (check its line breaks)',
    ],
  ])(
    'are refused for a secret with %s, naming the field and never its value',
    async (_scenario, secretText, what) => {
      const fault = await catchFault(() => parseCredentials(secretText));
      expect(fault).toMatchObject({
        name: 'ConfigurationError',
        message: 'The service is misconfigured.',
        reason: `The secret is malformed: ${what}.`,
      });
      const shown = inspect(fault, { depth: 9, showHidden: true });
      expect(shown).toContain(what);
      for (const value of longPieces(secretText)) expect(shown).not.toContain(value);
    },
  );
});

/** Every run of 12 or more characters of a secret that is no field's name: its values, cut anywhere. */
function longPieces(secretText: string): string[] {
  const names = ['applicationId', 'PRIVATE', 'ENCRYPTED'];
  return (secretText.match(/[\w+/=-]{12,}/g) ?? []).filter(
    (piece) => !names.some((name) => piece.includes(name)),
  );
}
