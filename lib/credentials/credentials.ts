/**
 * The secret's text, turned into something that can sign. Computes, but does no I/O.
 *
 * Keys are imported once per secret and stay inside the closures made here, so that nothing that
 * is logged or serialized can hold them.
 */
import { createHmac, createPrivateKey, createSecretKey, type KeyObject } from 'node:crypto';
import { type Fault, misconfigured } from '../domain/faults.ts';
import type { Project } from '../domain/project.ts';
import { createJwtSigner, type SignJwt } from './sign-jwt.ts';

/** Vonage signs RS256; RFC 7518 section 3.3 wants at least this size. */
const MIN_RSA_BITS = 2048;
const API_KEY = /^\d+$/;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

export interface Credentials {
  readonly project: Project;
  readonly signJwt: SignJwt;
  /** HMAC-SHA1 of a text in lower-case hex, for T1 tokens; OpenTok projects only. */
  readonly signT1: ((text: string) => string) | undefined;
}

/**
 * @param secretText JSON: `{"apiKey","apiSecret"}` for an OpenTok project, or
 *   `{"applicationId","privateKey"}` for a Vonage application. Other fields are ignored.
 * @throws Fault `ConfigurationError` whose reason names the field at fault and never its value
 */
export async function parseCredentials(secretText: string): Promise<Credentials> {
  const secret = parseSecretObject(secretText);
  const isOpenTok = 'apiKey' in secret || 'apiSecret' in secret;
  const isVonage = 'applicationId' in secret || 'privateKey' in secret;
  if (isOpenTok === isVonage) {
    throw malformed(
      isOpenTok
        ? 'it mixes fields of an OpenTok project and of a Vonage application'
        : 'it has neither apiKey and apiSecret nor applicationId and privateKey',
    );
  }
  return isOpenTok ? parseOpenTok(secret) : parseVonage(secret);
}

type SecretObject = Readonly<Record<string, unknown>>;

function parseSecretObject(secretText: string): SecretObject {
  let secret: unknown;
  try {
    secret = JSON.parse(secretText);
  } catch {
    // The parser's message quotes the text, which is the secret.
    throw malformed('it is not JSON');
  }
  if (typeof secret !== 'object' || secret === null || Array.isArray(secret)) {
    throw malformed('it is not a JSON object');
  }
  return secret as SecretObject;
}

async function parseOpenTok(secret: SecretObject): Promise<Credentials> {
  const apiKey = readField(secret, 'apiKey');
  if (!API_KEY.test(apiKey)) throw malformed('apiKey is not a string of digits');
  const apiSecret = readField(secret, 'apiSecret');
  if (/\s/.test(apiSecret)) throw malformed('apiSecret has white space in it');
  const key = createSecretKey(apiSecret, 'utf8');
  return {
    project: { kind: 'opentok', id: apiKey },
    signJwt: createJwtSigner(
      'HS256',
      key.toCryptoKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']),
    ),
    signT1: (text) => createHmac('sha1', key).update(text).digest('hex'),
  };
}

async function parseVonage(secret: SecretObject): Promise<Credentials> {
  const applicationId = readField(secret, 'applicationId');
  if (!UUID.test(applicationId)) throw malformed('applicationId is not a UUID');
  const key = parsePrivateKey(readField(secret, 'privateKey'));
  return {
    project: { kind: 'vonage', id: applicationId.toLowerCase() },
    signJwt: createJwtSigner(
      'RS256',
      key.toCryptoKey({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign']),
    ),
    signT1: undefined,
  };
}

function readField(secret: SecretObject, name: string): string {
  const value = secret[name];
  if (value === undefined) throw malformed(`${name} is missing`);
  if (typeof value !== 'string') throw malformed(`${name} is not a string`);
  if (value === '') throw malformed(`${name} is empty`);
  return value;
}

/** PKCS#8 or PKCS#1 PEM; the vendor's SDK takes the first only and fails on the second when it signs. */
function parsePrivateKey(pem: string): KeyObject {
  if (pem.includes('ENCRYPTED')) {
    throw malformed('privateKey is encrypted; store it without a passphrase');
  }
  if (/-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem)) {
    throw malformed('privateKey is a public key');
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw malformed('privateKey is not a private key in PEM form (check its line breaks)');
  }
  if (key.asymmetricKeyType !== 'rsa') throw malformed('privateKey is not an RSA key');
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < MIN_RSA_BITS) {
    throw malformed(`privateKey has ${bits} bits; at least ${MIN_RSA_BITS} are needed`);
  }
  return key;
}

function malformed(what: string): Fault {
  return misconfigured(`The secret is malformed: ${what}.`);
}
