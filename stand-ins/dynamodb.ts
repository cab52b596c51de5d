/**
 * Amazon DynamoDB on this machine: dynalite, in memory, for the real SDK, behind a front that checks
 * signatures, records requests and fails on demand.
 */
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import dynalite from 'dynalite';
import { localAws } from './aws-environment.ts';
import { type AwsRequest, readAwsRequest } from './aws-json.ts';
import type { Answer, Fault } from './faults.ts';
import { findSignatureFault } from './sigv4.ts';
import { type StandIn, startStandIn } from './stand-in.ts';
import { createTransactions } from './transactions.ts';

/** A running database. */
export interface DynamoDb extends StandIn<AwsRequest> {
  /** Asks the database itself, past faults and records; throws for an error of the database. */
  ask(operation: string, input: object): Promise<Record<string, unknown>>;
}

const targetPrefix = 'DynamoDB_20120810';
const contentType = 'application/x-amz-json-1.0';
const errorNamespace = 'com.amazonaws.dynamodb.v20120810';

/**
 * Starts it.
 *
 * @param options.tables Tables it has from the start, each with the keys `room` and `item`, strings, and the indexes `rooms` and `sessions`.
 * @param options.tls HTTPS with the test certificate.
 */
export async function startDynamoDb({
  tables = [],
  tls,
}: {
  tables?: readonly string[];
  tls?: boolean;
} = {}): Promise<DynamoDb> {
  const database = await startDatabase();
  const scope = { ...localAws, service: 'dynamodb' };
  const front = await startStandIn<AwsRequest>({
    tls,
    read: (request) => readAwsRequest(request, targetPrefix),
    answer: (request) => {
      const fault = findSignatureFault(request, { scope, nowMs: Date.now() });
      return fault ? dynamoError(fault.type, fault.message) : database.answer(request);
    },
  });
  const ask: DynamoDb['ask'] = async (operation, input) => {
    const { status, body = '' } = await database.answer({ operation, body: JSON.stringify(input) });
    if (status !== 200) throw new Error(`${operation} failed with ${status}: ${body}`);
    return JSON.parse(body);
  };
  for (const name of tables) await createTable(ask, name);
  return {
    ...front,
    ask,
    close: async () => {
      await front.close();
      await database.close();
    },
  };
}

/** Errors that the real service answers with, for `fail`. */
export const dynamoFaults = {
  throughputExceeded: {
    kind: 'answer',
    ...dynamoError(
      'ProvisionedThroughputExceededException',
      'The level of configured provisioned throughput for the table was exceeded.',
    ),
  },
  throttling: { kind: 'answer', ...dynamoError('ThrottlingException', 'Rate exceeded') },
  accessDenied: {
    kind: 'answer',
    ...dynamoError(
      'AccessDeniedException',
      `User: arn:aws:sts::${localAws.accountId}:assumed-role/local/local is not authorized to perform: dynamodb:GetItem`,
    ),
  },
  internal: {
    kind: 'answer',
    ...dynamoError('InternalServerError', 'The request could not be completed.', 500),
  },
} satisfies Record<string, Fault>;

/** @param more further fields of the error, such as the reasons of a canceled transaction */
function dynamoError(type: string, message: string, status = 400, more: object = {}): Answer {
  return {
    status,
    headers: { 'content-type': contentType },
    body: JSON.stringify({ __type: `${errorNamespace}#${type}`, message, ...more }),
  };
}

/** A table is usable a moment after it was created, as in the real service. */
async function createTable(ask: DynamoDb['ask'], name: string): Promise<void> {
  await ask('CreateTable', {
    TableName: name,
    AttributeDefinitions: [
      { AttributeName: 'room', AttributeType: 'S' },
      { AttributeName: 'item', AttributeType: 'S' },
      { AttributeName: 'listing', AttributeType: 'S' },
      { AttributeName: 'roomSessionId', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'room', KeyType: 'HASH' },
      { AttributeName: 'item', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'rooms',
        KeySchema: [
          { AttributeName: 'listing', KeyType: 'HASH' },
          { AttributeName: 'room', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
      {
        IndexName: 'sessions',
        KeySchema: [{ AttributeName: 'roomSessionId', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  });
  for (;;) {
    const { Table } = await ask('DescribeTable', { TableName: name });
    if ((Table as { TableStatus: string }).TableStatus === 'ACTIVE') return;
  }
}

/** Starts dynalite on its own port. It requires a signature, but does not verify it. */
async function startDatabase() {
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  const authorization = 'AWS4-HMAC-SHA256 Credential=front, SignedHeaders=host, Signature=front';
  const forward = async ({ operation, body }: Pick<AwsRequest, 'operation' | 'body'>) => {
    const call = request({
      ...{ host: '127.0.0.1', port, method: 'POST', agent },
      headers: {
        'content-type': contentType,
        'content-length': Buffer.byteLength(body),
        'x-amz-target': `${targetPrefix}.${operation}`,
        'x-amz-date': '20230101T000000Z',
        authorization,
      },
    });
    call.end(body);
    const [response]: IncomingMessage[] = await once(call, 'response');
    return toAnswer(response as IncomingMessage);
  };
  const underWay = new Set<Promise<Answer>>();
  // dynalite has no transactions.
  const transact = createTransactions(forward, dynamoError);
  return {
    answer: (request: Pick<AwsRequest, 'operation' | 'body'>) => {
      const answer = transact(request).finally(() => underWay.delete(answer));
      underWay.add(answer);
      return answer;
    },
    close: async () => {
      // Callers that are gone leave requests behind; dynalite crashes if it serves one after its data is closed.
      await Promise.allSettled(underWay);
      agent.destroy();
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function toAnswer(response: IncomingMessage): Promise<Answer> {
  const headers = Object.entries(response.headers).flatMap(([name, value]) =>
    typeof value === 'string' && /^(content-type|x-amz.*)$/.test(name) ? [[name, value]] : [],
  );
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body: await text(response),
  };
}
