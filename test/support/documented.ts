/**
 * Compares responses and published events with docs/openapi.json. Every HTTP response and every result
 * event that a test receives is checked here.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { recognizeEvent } from '../../lib/events/event-source.ts';
import type { PublishedEvent } from '../../stand-ins/event-bridge.ts';

interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Node = Readonly<Record<string, unknown>>;

const documentFile = new URL('../../docs/openapi.json', import.meta.url);
const document: Node = JSON.parse(readFileSync(documentFile, 'utf8'));
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema(document, 'openapi');

const routes = Object.entries(nodeAt('#/paths')).map(([path, operations]) => ({
  pattern: new RegExp(`${path.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`),
  pointer: `#/paths/${path.replaceAll('~', '~0').replaceAll('/', '~1')}`,
  path,
  methods: Object.keys(Object(operations)),
}));

const validators = new Map<string, ValidateFunction>();
const eventPointers = Object.keys(nodeAt('#/webhooks')).map(
  (name) => `#/webhooks/${name}/post/requestBody/content/application~1json/schema`,
);
// Compiled in advance: it takes a third of a second, which would delay stand-ins in the middle of a batch.
for (const pointer of eventPointers) compile(pointer);

/** Paths by function. Tests also send events of other routes to a function. */
const PATHS_OF: Readonly<Record<string, RegExp>> = {
  createSession: /^\/sessions$/,
  issueToken: /^\/sessions\/.+\/tokens$/,
  inspectToken: /^\/tokens\/inspect$/,
  receiveCallback: /^\/callbacks$/,
  describeApi: /^\/openapi[.]json$/,
  joinRoom: /^\/(?:rooms\/.+\/tokens|room\/.+|session(?:\/.+)?|v2\/createSessionAndJoin)$/,
  joinAsGuest: /^\/invites\/tokens$/,
  manageRoom: /^\/rooms(?:\/[^/]+(?:\/(?:invites|knocks|participants)(?:\/[^/]+)?)?)?$/,
};

/**
 * @param name function name, as in serverless.yml
 * @throws AssertionError if the document does not describe the response to an HTTP event
 */
export function assertDocumented(name: string, event: unknown, answer: unknown): void {
  if (recognizeEvent(event).source !== 'http') return;
  const { statusCode, headers, body: given } = answer as Answer;
  // A batch of tRPC is an array of one documented body.
  const isBatch = Object(event).rawQueryString === 'batch=1' && statusCode === 200;
  const body = isBatch ? JSON.stringify(JSON.parse(given)[0]) : given;
  const declared = findAnswers(name, event, statusCode);
  assert.ok(declared.length > 0, `status ${statusCode} is not documented there: ${body}`);
  const problems = declared.map((pointer) => findFault(pointer, { statusCode, headers, body }));
  assert.ok(problems.includes(undefined), `not as documented: ${problems[0]}\n${body}`);
}

/** @throws AssertionError if the document does not describe a published event */
export function assertResultDocumented({ source, detailType, detail }: PublishedEvent): void {
  const event = { source, 'detail-type': detailType, detail };
  const faults = eventPointers.map((pointer) => judge(pointer, event));
  assert.ok(faults.includes(undefined), `not documented: ${detailType}: ${faults.join('\n')}`);
}

/**
 * Returns pointers to the responses that the event's route documents for a status. A damaged event may have
 * no route, and a function URL accepts every path and method: then the responses of all routes.
 */
function findAnswers(name: string, event: unknown, status: number): readonly string[] {
  const { method, path } = readRoute(event);
  const own = routes.filter((route) => PATHS_OF[name]?.test(route.path) ?? true);
  const atPath = own.filter(({ pattern }) => pattern.test(path));
  const known = atPath.filter(({ methods }) => methods.includes(method));
  const chosen = known.length > 0 ? known : atPath.length > 0 ? atPath : own;
  return chosen
    .flatMap(({ pointer, methods }) =>
      (known.length > 0 ? [method] : methods).map((one) => `${pointer}/${one}/responses/${status}`),
    )
    .filter((pointer) => nodeAt(pointer) !== undefined)
    .map((pointer) => String(nodeAt(pointer)['$ref'] ?? pointer));
}

function readRoute(event: unknown): { method: string; path: string } {
  const { httpMethod, rawPath, path, requestContext } = Object(event);
  const method = httpMethod ?? Object(Object(requestContext).http).method;
  return { method: toText(method).toLowerCase(), path: toText(rawPath ?? path) };
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Returns the schema errors of a response; `undefined` if it is valid. */
function findFault(pointer: string, { headers, body }: Answer): string | undefined {
  const { 'content-type': mediaType, ...others } = headers;
  const declaredHeaders = Object(nodeAt(pointer)['headers']);
  for (const [name, value] of Object.entries(others)) {
    if (!declaredHeaders[name]) return `the header ${name} is not documented`;
    const fault = judge(`${declaredHeaders[name].$ref}/schema`, value);
    if (fault) return `the header ${name} ${fault}`;
  }
  const content = Object(nodeAt(pointer)['content']);
  if (mediaType === undefined) {
    return body === '' && Object.keys(content).length === 0 ? undefined : 'a body is documented';
  }
  if (!content[mediaType]) return `${mediaType} is not documented`;
  const escaped = mediaType.replaceAll('/', '~1');
  return judge(`${pointer}/content/${escaped}/schema`, JSON.parse(body));
}

function judge(pointer: string, value: unknown): string | undefined {
  const validate = compile(pointer);
  return validate(value) ? undefined : ajv.errorsText(validate.errors);
}

function compile(pointer: string): ValidateFunction {
  const known = validators.get(pointer);
  if (known) return known;
  const validate = ajv.compile({ $ref: `openapi${encodeURI(pointer)}` });
  validators.set(pointer, validate);
  return validate;
}

/** Resolves a JSON Pointer in URI fragment form; `undefined` if nothing is there. */
function nodeAt(pointer: string): Node {
  const names = pointer.split('/').slice(1);
  return names.reduce<Node>(
    (node, name) => node?.[name.replaceAll('~1', '/').replaceAll('~0', '~')] as Node,
    document,
  );
}
