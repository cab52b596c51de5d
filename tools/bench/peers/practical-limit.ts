/**
 * No SDK and no library: a Secrets Manager request signed by hand (Signature Version 4) over
 * `node:https`, a token signed with `node:crypto`.
 */
import { createHash, createHmac } from 'node:crypto';
import { request } from 'node:https';
import { answerCreated, buildClaims, type HttpEvent, readWish } from './door.ts';

const hmac = (key: string | Buffer, text: string) =>
  createHmac('sha256', key).update(text).digest();
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

const header = encode({ alg: 'HS256', typ: 'JWT' });
let secret: Promise<Record<string, string>> | undefined;

export async function handler(event: HttpEvent): Promise<object> {
  secret ??= readSecret();
  const { apiKey = '', apiSecret = '' } = await secret;
  const wish = readWish(event);
  const signed = `${header}.${encode(buildClaims(apiKey, wish))}`;
  const signature = hmac(apiSecret, signed).toString('base64url');
  return answerCreated({ token: `${signed}.${signature}`, sessionId: wish.sessionId });
}

async function readSecret(): Promise<Record<string, string>> {
  const env = process.env as Record<string, string>;
  const { AWS_REGION: region = '', AWS_SESSION_TOKEN: sessionToken } = env;
  const url = new URL(env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] ?? '');
  const body = JSON.stringify({ SecretId: env['SECRET_ID'] });
  const signedAt = new Date().toISOString().replace(/[:-]|\.\d+/g, '');
  const headers: Record<string, string> = {
    'content-type': 'application/x-amz-json-1.1',
    host: url.host,
    'x-amz-date': signedAt,
    ...(sessionToken && { 'x-amz-security-token': sessionToken }),
    'x-amz-target': 'secretsmanager.GetSecretValue',
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
  const canonical = ['POST', '/', '', ...lines, '', names, sha256(body)].join('\n');
  const scope = [signedAt.slice(0, 8), region, 'secretsmanager', 'aws4_request'];
  const toSign = ['AWS4-HMAC-SHA256', signedAt, scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${env['AWS_SECRET_ACCESS_KEY']}`);
  const credential = `${env['AWS_ACCESS_KEY_ID']}/${scope.join('/')}`;
  const signature = hmac(key, toSign).toString('hex');
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;

  const answer = await post(url, { headers, body });
  return JSON.parse(JSON.parse(answer).SecretString);
}

function post(
  url: URL,
  { headers, body }: { headers: Record<string, string>; body: string },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', headers }, (response) => {
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
