/** RSA keys, generated for each test file that imports them, and the secret of a Vonage application. */
import { generateKeyPairSync } from 'node:crypto';
import { APPLICATION_ID } from './fixtures.ts';

export const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

export const privateKeyPem = {
  pkcs8: rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  pkcs1: rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
};

export const VONAGE_SECRET = {
  applicationId: APPLICATION_ID,
  privateKey: privateKeyPem.pkcs8,
} as const;
