import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkCredentials, explainRejection } from '../../local/credential-check.ts';
import { readStartOptions, StartError } from '../../local/start-options.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const VONAGE_APPLICATION_ID = '00000000-0000-4000-8000-000000000000';

const check = (environment: Record<string, string>) =>
  checkCredentials(readStartOptions(environment));

describe('checkCredentials', () => {
  it.each<[what: string, environment: Record<string, string>]>([
    ['a made-up project', {}],
    ['an OpenTok pair', { OPENTOK_API_KEY: '47665971', OPENTOK_API_SECRET: 'secret' }],
    ['a Vonage pair', { VONAGE_APPLICATION_ID, VONAGE_PRIVATE_KEY: privateKey }],
  ])('accepts %s', async (_what, environment) => {
    await expect(check(environment)).resolves.toBeUndefined();
  });

  it.each<[variable: string, environment: Record<string, string>]>([
    ['OPENTOK_API_KEY', { OPENTOK_API_KEY: 'key', OPENTOK_API_SECRET: 'secret' }],
    ['OPENTOK_API_SECRET', { OPENTOK_API_KEY: '47665971', OPENTOK_API_SECRET: 'two words' }],
    ['VONAGE_APPLICATION_ID', { VONAGE_APPLICATION_ID: 'mine', VONAGE_PRIVATE_KEY: privateKey }],
    ['VONAGE_PRIVATE_KEY', { VONAGE_APPLICATION_ID, VONAGE_PRIVATE_KEY: 'a-private-value' }],
    [
      'VONAGE_PRIVATE_KEY_FILE',
      { VONAGE_APPLICATION_ID, VONAGE_PRIVATE_KEY_FILE: new URL(import.meta.url).pathname },
    ],
  ])(
    'names %s if it is malformed, and neither its value nor the secret',
    async (variable, environment) => {
      const error: Error = await check(environment).then(
        () => expect.fail(),
        (cause) => cause,
      );
      expect(error).toBeInstanceOf(StartError);
      expect(error.message).toMatch(new RegExp(`^${variable} `));
      expect(error.message).not.toMatch(/the secret\b|a-private-value|two words/i);
    },
  );
});

describe('explainRejection', () => {
  it('adds the variables that a rejected pair comes from', () => {
    const options = readStartOptions({ OPENTOK_API_KEY: '1', OPENTOK_API_SECRET: 's' });
    expect(explainRejection('Rejected.', options)).toBe(
      'Rejected. Check OPENTOK_API_KEY and OPENTOK_API_SECRET.',
    );
  });

  it('adds nothing for a made-up project', () => {
    expect(explainRejection('Failed.', readStartOptions({}))).toBe('Failed.');
  });
});
