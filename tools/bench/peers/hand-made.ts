/**
 * What the practical limits are made of. No SDK and no library: requests to AWS signed by hand
 * (Signature Version 4) over `node:https`, tokens signed with `node:crypto`. No retry, no deadline.
 */
import { createHash, createHmac } from 'node:crypto';
import { Agent, request } from 'node:https';
import { buildProjectClaims } from './claims.ts';

const hmac = (key: string | Buffer, text: string) =>
  createHmac('sha256', key).update(text).digest();
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

const header = encode({ alg: 'HS256', typ: 'JWT' });
const agent = new Agent({ keepAlive: true });

export function signToken(claims: object, apiSecret: string): string {
  const signed = `${header}.${encode(claims)}`;
  return `${signed}.${hmac(apiSecret, signed).toString('base64url')}`;
}

type Json = Record<string, unknown>;

/** Where a service is, what it is called in signatures, what its targets begin with, its protocol. */
interface Service {
  readonly url: string | undefined;
  readonly name: string;
  readonly target: string;
  readonly version: '1.0' | '1.1';
}

export async function callAws(service: Service, operation: string, input: Json): Promise<Json> {
  const env = process.env as Record<string, string>;
  const { AWS_REGION: region = '', AWS_SESSION_TOKEN: sessionToken } = env;
  const url = new URL(service.url ?? '');
  const body = JSON.stringify(input);
  const signedAt = new Date().toISOString().replace(/[:-]|\.\d+/g, '');
  const headers: Record<string, string> = {
    'content-type': `application/x-amz-json-${service.version}`,
    host: url.host,
    'x-amz-date': signedAt,
    ...(sessionToken && { 'x-amz-security-token': sessionToken }),
    'x-amz-target': `${service.target}.${operation}`,
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
  const canonical = ['POST', '/', '', ...lines, '', names, sha256(body)].join('\n');
  const scope = [signedAt.slice(0, 8), region, service.name, 'aws4_request'];
  const toSign = ['AWS4-HMAC-SHA256', signedAt, scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${env['AWS_SECRET_ACCESS_KEY']}`);
  const credential = `${env['AWS_ACCESS_KEY_ID']}/${scope.join('/')}`;
  const signature = hmac(key, toSign).toString('hex');
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return JSON.parse(await post(url, { headers, body }));
}

export function post(
  url: URL,
  { headers, body }: { headers: Record<string, string>; body: string },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error(text)),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}

let secret: Promise<Record<string, string>> | undefined;

/** Once per container. */
export function readSecret(): Promise<Record<string, string>> {
  secret ??= callAws(
    {
      url: process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'],
      name: 'secretsmanager',
      target: 'secretsmanager',
      version: '1.1',
    },
    'GetSecretValue',
    { SecretId: process.env['SECRET_ID'] },
  ).then(({ SecretString }) => JSON.parse(String(SecretString)));
  return secret;
}

export function callTable(operation: string, input: Json): Promise<Json> {
  const table = {
    url: process.env['AWS_ENDPOINT_URL_DYNAMODB'],
    name: 'dynamodb',
    target: 'DynamoDB_20120810',
    version: '1.0',
  } as const;
  return callAws(table, operation, { TableName: process.env['ROOMS_TABLE'], ...input });
}

export function publish(type: string, detail: Json): Promise<Json> {
  const bus = {
    url: process.env['AWS_ENDPOINT_URL_EVENTBRIDGE'],
    name: 'events',
    target: 'AWSEvents',
    version: '1.1',
  } as const;
  const event = { Source: 'bench', DetailType: type, Detail: JSON.stringify(detail) };
  return callAws(bus, 'PutEvents', { Entries: [{ ...event, EventBusName: 'results' }] });
}

export async function createSession(apiKey: string, apiSecret: string): Promise<string> {
  const body = new URLSearchParams({ 'p2p.preference': 'disabled', archiveMode: 'manual' });
  const answer = await post(new URL(`${process.env['VIDEO_API_URL']}/session/create`), {
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      'x-opentok-auth': signToken(buildProjectClaims(apiKey), apiSecret),
    },
    body: body.toString(),
  });
  return JSON.parse(answer)[0].session_id;
}
