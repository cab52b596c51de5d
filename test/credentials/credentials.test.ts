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

const der = rsa.privateKey.export({ type: 'pkcs8', format: 'der' });
const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();

describe('the credentials of an OpenTok project', () => {
  it('sign the JWT of the reference vector', async () => {
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
  ])('sign the T1 data of the reference vector with %s', async (space, signature) => {
    const data = `session_id=${sessionIds.openTok}&create_time=1700000000&expire_time=1700086400&nonce=123456789&role=publisher&connection_data=name%3DJ h%26x&initial_layout_class_list=focus full`;
    const { signT1 } = await parse(OPENTOK_SECRET);
    expect(signT1?.(data.replaceAll(' ', space))).toBe(signature);
  });

  it.each([
    ['40 characters', 'a'.repeat(40)],
    ['42 characters, as in the SDKs', OPENTOK_SECRET.apiSecret],
    ['1 character', 'x'],
    ['characters beyond ASCII', 'sécret🎥'],
  ])('accept an API secret of %s and sign with its UTF-8', async (_scenario, apiSecret) => {
    const { project, signJwt } = await parse({ ...OPENTOK_SECRET, apiSecret });
    expect(project).toEqual({ kind: 'opentok', id: '123456' });
    expect(verifyHs256(await signJwt({ a: 'é' }), apiSecret)).toEqual({ a: 'é' });
  });

  it('ignore unknown fields', async () => {
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

  it('accept a key of 2048 bits with white space around it', async () => {
    const { signJwt } = await parse({
      ...VONAGE_SECRET,
      privateKey: `\n${privateKeyPem.pkcs8}\n\n`,
    });
    expect(decodeJwt(await signJwt({})).header).toEqual({ alg: 'RS256', typ: 'JWT' });
  });

  it('accept a key with Windows line breaks', async () => {
    const privateKey = privateKeyPem.pkcs8.replaceAll('\n', '\r\n');
    const { signJwt } = await parse({ ...VONAGE_SECRET, privateKey });
    expect(verifyRs256(await signJwt({ a: 1 }), rsa.publicKey)).toEqual({ a: 1 });
  });

  it.each([
    ['\\n', '\\n'],
    ['\\r\\n', '\\r\\n'],
    ['\\n and a line break', '\\n\n'],
  ])('accept a key with line breaks written as %s', async (_name, literal) => {
    const privateKey = privateKeyPem.pkcs8.replaceAll('\n', literal);
    const { signJwt } = await parse({ ...VONAGE_SECRET, privateKey });
    expect(verifyRs256(await signJwt({ a: 1 }), rsa.publicKey)).toEqual({ a: 1 });
  });

  it('have the application id in lower case', async () => {
    const applicationId = APPLICATION_ID.toUpperCase();
    const { project } = await parse({ ...VONAGE_SECRET, applicationId });
    expect(project.id).toBe(APPLICATION_ID);
  });
});

describe('credentials', () => {
  it.each([
    ['an OpenTok project', OPENTOK_SECRET, OPENTOK_SECRET.apiSecret],
    ['a Vonage application', VONAGE_SECRET, VONAGE_SECRET.privateKey.slice(100, 140)],
  ])('of %s have no printable secret', async (_scenario, secret, hidden) => {
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
    [
      'a bare PEM',
      privateKey,
      'it is not JSON: it is a key alone; store {"applicationId": "…", "privateKey": "…"}',
    ],
    ['JSON cut off', openTok({}).slice(0, -1), 'it is not JSON'],
    [
      'JSON after a byte order mark',
      `\ufeff${openTok({})}`,
      'it is not JSON: it begins with a byte order mark; remove it',
    ],
    ['JSON in quotes', `'${openTok({})}'`, 'it is not JSON: it is in quotes; remove them'],
    [
      'JSON in JSON',
      JSON.stringify(openTok({})),
      'it is not a JSON object but a text: it is in quotes; remove them',
    ],
    [
      'JSON in base64',
      Buffer.from(openTok({})).toString('base64'),
      'it is not JSON: it is base64; store what it encodes',
    ],
    [
      'JSON in UTF-16',
      Buffer.from(openTok({}), 'utf16le').toString('latin1'),
      'it is not JSON: it is UTF-16; save it as UTF-8',
    ],
    [
      'a key with its line breaks',
      vonage({}).replaceAll('\\n', '\n'),
      'it is not JSON: it has line breaks inside a string; write them as \\n',
    ],
    [
      'single quotes',
      openTok({}).replaceAll('"', "'"),
      'it is not JSON: it has names without double quotes',
    ],
    [
      'typographic quotes',
      openTok({}).replaceAll('"', '“'),
      'it is not JSON: it has names without double quotes',
    ],
    [
      'quotes that a shell removed',
      openTok({}).replaceAll('"', ''),
      'it is not JSON: it has names without double quotes',
    ],
    [
      'a comma after its last field',
      openTok({}).replace('}', ',\n}'),
      'it is not JSON: it has a comma after its last field; remove it',
    ],
    [
      'an assignment',
      `OPENTOK_API_SECRET=${apiSecret}`,
      'it is not JSON: it has the form NAME=value; store {"apiKey": "…", "apiSecret": "…"}',
    ],
    [
      'a path',
      'secrets/opentok.json',
      'it is not JSON: it is a path; store the content of the file',
    ],
    ['a placeholder', '{{OPENTOK_SECRET}}', 'it is not JSON: it is a placeholder; store its value'],
    ['JSON with a bare value', `{"apiKey":"1","apiSecret":${apiSecret}}`, 'it is not JSON'],
    ['null', 'null', 'it is not a JSON object'],
    ['a number', '123456', 'it is not a JSON object'],
    ['text in JSON', JSON.stringify(apiSecret), 'it is not a JSON object but a text'],
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
    [
      'apiKey as a number',
      openTok({ apiKey: 123456 }),
      'apiKey is not a string but a number; write it in quotes',
    ],
    ['an empty apiKey', openTok({ apiKey: '' }), 'apiKey is empty'],
    ['apiKey with a letter', openTok({ apiKey: '12345x' }), 'apiKey is not a string of digits'],
    [
      'apiKey with a line break',
      openTok({ apiKey: '123456\n' }),
      'apiKey has white space in it; remove it',
    ],
    [
      'apiKey with a UUID',
      openTok({ apiKey: applicationId }),
      'apiKey is a UUID; store the id of a Vonage application as applicationId',
    ],
    ['apiKey in quotes', openTok({ apiKey: '"123456"' }), 'apiKey is in quotes; remove them'],
    ['an empty apiSecret', openTok({ apiSecret: '' }), 'apiSecret is empty'],
    [
      'apiSecret as an object',
      openTok({ apiSecret: { value: apiSecret } }),
      'apiSecret is not a string',
    ],
    [
      'a line break after apiSecret',
      openTok({ apiSecret: `${apiSecret}\n` }),
      'apiSecret has white space in it; remove it',
    ],
    [
      'a space before apiSecret',
      openTok({ apiSecret: ` ${apiSecret}` }),
      'apiSecret has white space in it; remove it',
    ],
    ['no privateKey', JSON.stringify({ applicationId }), 'privateKey is missing'],
    ['no applicationId', JSON.stringify({ privateKey }), 'applicationId is missing'],
    ['applicationId null', vonage({ applicationId: null }), 'applicationId is not a string'],
    ['an empty applicationId', vonage({ applicationId: '' }), 'applicationId is empty'],
    [
      'an API key as applicationId',
      vonage({ applicationId: apiKey }),
      'applicationId is not a UUID but a number; store the key of a project as apiKey',
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
      'privateKey is a public key; store the private key',
    ],
    [
      'a PKCS#1 public key',
      vonage({ privateKey: rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }) }),
      'privateKey is a public key; store the private key',
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
      'privateKey is not a private key in PEM form; copy the file again',
    ],
    [
      'a PEM in one line',
      vonage({ privateKey: privateKey.replaceAll('\n', '') }),
      'privateKey has lost its line breaks; write one, or \\n, after every line',
    ],
    [
      'a PEM with spaces for line breaks',
      vonage({ privateKey: privateKey.replaceAll('\n', ' ') }),
      'privateKey has lost its line breaks; write one, or \\n, after every line',
    ],
    [
      'a PEM cut off',
      vonage({ privateKey: privateKey.slice(0, 400) }),
      'privateKey is cut off before its END line',
    ],
    [
      'an indented PEM',
      vonage({ privateKey: privateKey.replaceAll('\n', '\n    ') }),
      'privateKey is indented; remove the spaces before its lines',
    ],
    [
      'a PEM with text before it',
      vonage({ privateKey: `Key of the application\n${privateKey}` }),
      'privateKey has other text around it; store the lines from BEGIN to END',
    ],
    [
      'a PEM in quotes',
      vonage({ privateKey: `"${privateKey}"` }),
      'privateKey is in quotes; remove them',
    ],
    [
      'a PEM after a byte order mark',
      vonage({ privateKey: `\ufeff${privateKey}` }),
      'privateKey begins with a byte order mark; remove it',
    ],
    [
      'a PEM with an invisible character',
      vonage({ privateKey: privateKey.replace('-----\n', '-----\u200b\n') }),
      'privateKey contains the invisible character U+200B; remove it',
    ],
    [
      'a PEM in base64',
      vonage({ privateKey: Buffer.from(privateKey).toString('base64') }),
      'privateKey is base64; store what it encodes',
    ],
    [
      'DER in base64',
      vonage({ privateKey: der.toString('base64') }),
      'privateKey is base64 without BEGIN and END lines; store the PEM file with all its lines',
    ],
    [
      'DER',
      vonage({ privateKey: der.toString('latin1') }),
      'privateKey is in DER form; convert it with openssl pkey -inform DER -in <file>',
    ],
    [
      'DER read as UTF-8',
      vonage({ privateKey: der.toString('utf8') }),
      'privateKey is in DER form; convert it with openssl pkey -inform DER -in <file>',
    ],
    [
      'a JWK',
      vonage({ privateKey: rsa.privateKey.export({ format: 'jwk' }) }),
      'privateKey is a JWK; convert it to PEM (PKCS#8)',
    ],
    [
      'a JWK as text',
      vonage({ privateKey: JSON.stringify(rsa.privateKey.export({ format: 'jwk' })) }),
      'privateKey is a JWK; convert it to PEM (PKCS#8)',
    ],
    ...['./private.key', '/run/secrets/private', 'C:\\keys\\private.key', 'private.pem'].map(
      (path): [string, string, string] => [
        `the path ${path}`,
        vonage({ privateKey: path }),
        'privateKey is a path; store the content of the file',
      ],
    ),
    ...[privateKey + publicPem, publicPem + privateKey].map((both): [string, string, string] => [
      'a private and a public key',
      vonage({ privateKey: both }),
      'privateKey is a private and a public key; store the private key alone',
    ]),
    [
      'two private keys',
      vonage({ privateKey: privateKey + privateKey }),
      'privateKey is several private keys; store one',
    ],
    [
      'a certificate',
      vonage({ privateKey: privateKey.replaceAll('PRIVATE KEY', 'CERTIFICATE') }),
      'privateKey is a certificate; store the private key',
    ],
    [
      'an OpenSSH key',
      vonage({ privateKey: privateKey.replaceAll('PRIVATE KEY', 'OPENSSH PRIVATE KEY') }),
      'privateKey is in OpenSSH format; convert it with ssh-keygen -p -m PKCS8 -f <file>',
    ],
    [
      'a key for an API secret',
      openTok({ apiSecret: privateKey }),
      'apiSecret is a key in PEM form, which only a Vonage application has',
    ],
    [
      'apiSecret in quotes',
      openTok({ apiSecret: `'${apiSecret}'` }),
      'apiSecret is in quotes; remove them',
    ],
    [
      'apiSecret with a no-break space',
      openTok({ apiSecret: `${apiSecret}\u00a0` }),
      'apiSecret contains the invisible character U+00A0; remove it',
    ],
    [
      'apiSecret with a soft hyphen',
      openTok({ apiSecret: `a\u00ad${apiSecret}` }),
      'apiSecret contains the invisible character U+00AD; remove it',
    ],
    [
      'apiSecret with a literal line break',
      openTok({ apiSecret: `${apiSecret}\\n` }),
      'apiSecret has a literal \\n in it; remove it',
    ],
    [
      'apiSecret that is a placeholder',
      openTok({ apiSecret: '<your api secret>' }),
      'apiSecret is a placeholder; store its value',
    ],
  ])(
    'are rejected for a secret with %s; the error has the field, never its value',
    async (_scenario, secretText, what) => {
      const fault = await catchFault(() => parseCredentials(secretText));
      expect(fault).toMatchObject({
        name: 'ConfigurationError',
        message: 'The service is misconfigured.',
        reason: `The secret is malformed: ${what}.`,
      });
      const shown = inspect(fault, { depth: 9, showHidden: true });
      expect(shown).toContain(what.replaceAll('\\', '\\\\'));
      for (const value of longPieces(secretText)) expect(shown).not.toContain(value);
    },
  );
});

/** Substrings of 12 characters of a secret's values. */
function longPieces(secretText: string): string[] {
  const names = ['applicationId', 'PRIVATE', 'ENCRYPTED'];
  return (secretText.match(/[\w+/=-]{12,}/g) ?? []).filter(
    (piece) => !names.some((name) => piece.includes(name)),
  );
}
