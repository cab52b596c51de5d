/** Starts a measured process with Lambda's environment and reads what it measured. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { writeIdentity } from '../../lib/domain/identity.ts';
import { localAwsEnvironment } from '../../stand-ins/aws-environment.ts';
import { connectionCallback, signCallback } from '../../stand-ins/callbacks.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { testCertificatePath } from '../../stand-ins/test-certificate.ts';
import type { BuiltRow } from './build.ts';
import { apiKey, applicationId, callbackSecret, invite, room } from './project.ts';
import type { Urls } from './stand-ins.ts';

const ids = {
  opentok: mintSessionId({ projectId: apiKey }),
  vonage: mintSessionId({ projectId: applicationId }),
};

const authorizer = {
  iam: {
    accessKey: 'ASIAEXAMPLE',
    accountId: '000000000000',
    callerId: 'AROAEXAMPLE:booking',
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: 'arn:aws:sts::000000000000:assumed-role/booking/booking',
    userId: 'AROAEXAMPLE:booking',
  },
};

interface Call {
  readonly route: string;
  readonly path: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const request = { role: 'moderator', data: 'name=Ada Lovelace;seat=12' };

function callFor({ makes, project }: Pick<BuiltRow, 'makes' | 'project'>): Call {
  if (makes === 'callback about a room') return buildCallback();
  if (makes === 'session') {
    return { route: '/sessions', path: '/sessions', body: { mediaMode: 'routed' } };
  }
  if (makes === 'guest token of a room') {
    const text = `${room}.${invite.id}.${invite.secret}`;
    const body = { invite: text, name: 'Ada Lovelace', data: 'seat=12' };
    return { route: '/invites/tokens', path: '/invites/tokens', body };
  }
  if (makes === 'room token') {
    const path = `/rooms/${room}/tokens`;
    return { route: '/rooms/{name}/tokens', path, pathParameters: { name: room }, body: request };
  }
  const sessionId = ids[project];
  const path = `/sessions/${sessionId}/tokens`;
  return {
    route: '/sessions/{sessionId}/tokens',
    path,
    pathParameters: { sessionId },
    body: request,
  };
}

/** What a row is sent: a message that asks for a room, or a request as API Gateway hands it over. */
export function eventFor(row: Pick<BuiltRow, 'makes' | 'project'>): object {
  return row.makes === 'open room' ? buildMessage() : buildHttpEvent(callFor(row));
}

/** Of SQS, for a room that is not there. */
function buildMessage(): object {
  const message = {
    messageId: randomUUID(),
    receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
    body: JSON.stringify({ room: `class-${randomUUID()}`, session: { mediaMode: 'routed' } }),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1795435200000' },
    messageAttributes: {},
    md5OfBody: '9bb58f26192e4ba00f01e2e7b136bbd8',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:rooms',
    awsRegion: 'us-east-1',
  };
  return { Records: [message] };
}

/** Of a known person's new connection, signed as the platform does. */
function buildCallback(): Call {
  const session = { sessionId: ids.opentok, projectId: apiKey };
  const data = writeIdentity({ sub: 'a1b2c3d4-5678-90ab-cdef-EXAMPLE11111', name: 'Ada' });
  const person = { connectionId: randomUUID(), createdAt: Date.now(), data };
  const body = connectionCallback('connectionCreated', session, person);
  const jwt = signCallback(JSON.stringify(body), { secret: callbackSecret });
  const headers = { authorization: `Bearer ${jwt}` };
  return { route: '/callbacks', path: '/callbacks', body, headers };
}

/** Payload 2.0. */
function buildHttpEvent({ route, path, pathParameters, body, headers }: Call): object {
  const routeKey = `POST ${route}`;
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: '',
    headers: {
      accept: '*/*',
      'accept-encoding': 'gzip, deflate, br',
      'content-length': '58',
      'content-type': 'application/json',
      host: 'abcdefghij.execute-api.us-east-1.amazonaws.com',
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      'x-amzn-trace-id': 'Root=1-68f0c0de-0123456789abcdef01234567',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...headers,
    },
    requestContext: {
      accountId: '000000000000',
      apiId: 'abcdefghij',
      authorizer,
      domainName: 'abcdefghij.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'abcdefghij',
      http: {
        method: 'POST',
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.7',
        userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey,
      stage: '$default',
      time: '23/Nov/2026:12:00:00 +0000',
      timeEpoch: 1795435200000,
    },
    ...(pathParameters ? { pathParameters } : {}),
    body: JSON.stringify(body),
    isBase64Encoded: false,
  };
}

/** What Lambda sets for a function, and where the stand-ins are. */
function environmentFor({ project, makes }: Pick<BuiltRow, 'makes' | 'project'>, urls: Urls) {
  const { secretsManager, platform, dynamoDb, eventBridge } = urls;
  return {
    ...localAwsEnvironment({ secretsManager, dynamoDb, eventBridge }),
    AWS_SESSION_TOKEN: 'local-session-token',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    _X_AMZN_TRACE_ID: 'Root=1-68f0c0de-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=0',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: process.env['PATH'],
    SECRET_ID: project,
    AUTH: 'iam',
    VIDEO_API_URL: platform,
    ...(/open|callback/.test(makes) ? { EVENT_BUS_NAME: 'results' } : {}),
    ...(/room/.test(makes) ? { ROOMS_TABLE: 'Rooms' } : {}),
    NODE_EXTRA_CA_CERTS: testCertificatePath,
  };
}

export interface ChildRun {
  readonly script: string;
  readonly row: Pick<BuiltRow, 'file' | 'makes' | 'project' | 'name'>;
  readonly args?: readonly string[];
}

/** @returns what the script wrote to file descriptor 3; what it logs goes nowhere */
export async function runChild<Measured>(
  { script, row, args = [] }: ChildRun,
  urls: Urls,
): Promise<Measured> {
  const scriptPath = new URL(script, import.meta.url).pathname;
  const child = spawn(
    process.execPath,
    [scriptPath, row.file, JSON.stringify(eventFor(row)), ...args],
    { env: environmentFor(row, urls), stdio: ['ignore', 'ignore', 'pipe', 'pipe'] },
  );
  const closed = once(child, 'close');
  const [measured, errors] = await Promise.all([
    text(child.stdio[3] as Readable),
    text(child.stdio[2] as Readable),
  ]);
  const [code] = await closed;
  if (code !== 0 || measured === '') throw new Error(`${row.name} ended with ${code}: ${errors}`);
  return JSON.parse(measured);
}
