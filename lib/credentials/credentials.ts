/**
 * Turns the text of the secret into functions that sign. Computes, but does no I/O.
 *
 * Keys are imported once per secret and stay inside closures, so that no log line and no serialized
 * object can contain them.
 */
import { createHmac, createPrivateKey, createSecretKey, type KeyObject } from 'node:crypto';
import { type Fault, misconfigured } from '../domain/faults.ts';
import type { Project } from '../domain/project.ts';
import { createJwtSigner, type SignJwt } from './sign-jwt.ts';
import {
  describeNotJson,
  describeWrongKey,
  describeWrongValue,
  unescapeLineBreaks,
} from './wrong-form.ts';

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
 * @throws Fault `ConfigurationError`; its reason names the invalid field, never the value
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
    const found = describeNotJson(secretText);
    throw malformed(found === undefined ? 'it is not JSON' : `it is not JSON: it ${found}`);
  }
  if (typeof secret === 'string') {
    const found = secret.trim().startsWith('{')
      ? 'is in quotes; remove them'
      : describeNotJson(secret);
    throw malformed(`it is not a JSON object but a text${found ? `: it ${found}` : ''}`);
  }
  if (typeof secret !== 'object' || secret === null || Array.isArray(secret)) {
    throw malformed('it is not a JSON object');
  }
  return secret as SecretObject;
}

async function parseOpenTok(secret: SecretObject): Promise<Credentials> {
  const apiKey = readValue(secret, 'apiKey');
  if (UUID.test(apiKey)) {
    throw malformed('apiKey is a UUID; store the id of a Vonage application as applicationId');
  }
  if (!API_KEY.test(apiKey)) throw malformed('apiKey is not a string of digits');
  const apiSecret = readValue(secret, 'apiSecret');
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
  const applicationId = readValue(secret, 'applicationId');
  if (API_KEY.test(applicationId)) {
    throw malformed(
      'applicationId is not a UUID but a number; store the key of a project as apiKey',
    );
  }
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
  if (typeof value === 'number') {
    throw malformed(`${name} is not a string but a number; write it in quotes`);
  }
  if (typeof value === 'object' && value !== null && 'kty' in value) {
    throw malformed(`${name} is a JWK; convert it to PEM (PKCS#8)`);
  }
  if (typeof value !== 'string') throw malformed(`${name} is not a string`);
  if (value === '') throw malformed(`${name} is empty`);
  return value;
}

function readValue(secret: SecretObject, name: string): string {
  const value = readField(secret, name);
  const found = describeWrongValue(value);
  if (found !== undefined) throw malformed(`${name} ${found}`);
  return value;
}

/**
 * Reads PKCS#8 or PKCS#1 PEM; the vendor's SDK accepts the first only and fails when it signs with the
 * second. Line breaks may be written as `\n`.
 *
 * @throws Fault `ConfigurationError`
 */
export function parsePrivateKey(text: string): KeyObject {
  const pem = unescapeLineBreaks(text);
  const found = describeWrongKey(pem);
  if (found !== undefined) throw malformed(`privateKey ${found}`);
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw malformed('privateKey is not a private key in PEM form; copy the file again');
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
