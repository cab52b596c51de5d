/**
 * Random input over HTTP gets a response within the contract, and a direct invocation a response or an
 * error with a published name. fast-check prints the seed of a failure; FUZZ_SEED repeats it.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { recognizeEvent } from '../../lib/events/event-source.ts';
import { codePoint } from '../support/code-point.ts';
import { readAnswer } from '../support/contract.ts';
import { type RunningFunction, startFunction } from '../support/drive.ts';
import { sessionIds } from '../support/fixtures.ts';
import { type HttpCall, type HttpEvent, httpDoors } from '../support/http-events.ts';
import { add, JUNK, placesOf, put } from './damage.ts';

// Thousands of invocations, many of them over sockets.
vi.setConfig({ testTimeout: 120_000 });

const functions = ['createSession', 'issueToken'] as const;
const running = new Map<string, RunningFunction>();
beforeAll(async () => {
  for (const name of functions) running.set(name, await startFunction(name));
});
afterAll(async () => {
  for (const one of [...running.values()].reverse()) await one.close();
});

const invoke = (name: string, event: unknown) => running.get(name)?.invoke(event) ?? expect.fail();

const deep = (depth: number, [open, close]: [string, string]) =>
  open.repeat(depth) + close.repeat(depth);
/** Any UTF-16 code units, including lone surrogates and NUL. */
const codeUnits = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0xd800, max: 0xdfff })))
  .map((units) => String.fromCharCode(...units));
const fields = [
  ...['mediaMode', 'archiveMode', 'location', 'archiveName', 'archiveResolution', 'e2ee'],
  ...['role', 'expireTime', 'data', 'initialLayoutClassList', 'tokenType', 'sessionId'],
];
const fieldName = fc.oneof(
  fc.constantFrom(...fields),
  fc.constantFrom(
    ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'toJSON'],
  ),
  codeUnits,
);
const fieldValue = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom('routed', 'always', 'moderator', 'T1', 1, 0, '', null),
  codeUnits,
  fc.array(codeUnits),
);
const toJson = (entries: readonly (readonly [string, unknown])[]) =>
  // Built as text: JSON can have a key twice, an object cannot.
  `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)}}`;
/** JSON close to a valid request, with errors of every kind. */
const jsonBody = fc.oneof(
  fc.array(fc.tuple(fieldName, fieldValue), { maxLength: 8 }).map(toJson),
  // A few known names, so that their values matter.
  fc.array(fc.tuple(fc.constantFrom(...fields), fieldValue), { maxLength: 2 }).map(toJson),
);

const bodyText = fc.oneof(
  jsonBody,
  fc.json(),
  fc.string({ unit: codePoint }),
  codeUnits,
  jsonBody.map((json) => `\ufeff${json}`),
  fc.tuple(jsonBody, fc.nat()).map(([json, at]) => json.slice(0, at % (json.length + 1))),
  fc
    .tuple(fc.nat({ max: 8000 }), fc.constantFrom<[string, string]>(['[', ']'], ['{"data":', '}']))
    .map(([depth, brackets]) => deep(depth, brackets)),
  fc.constantFrom(
    ' '.repeat(32_769),
    '9'.repeat(400),
    '-0',
    '1e999',
    '"\\ud800"',
    '{"data":"\\u0000"}',
  ),
);
const body = fc.oneof(bodyText, fc.uint8Array({ maxLength: 200 }));
const sessionId = fc.oneof(
  fc.constantFrom(...Object.values(sessionIds), '', '1_', '..', '%2e%2e', '__proto__'),
  fc.string({ unit: codePoint }),
  fc.base64String().map((text) => `1_${text}`),
  fc.tuple(fc.nat(), fc.string({ unit: codePoint, maxLength: 3 })).map(([at, junk]) => {
    const index = at % sessionIds.openTok.length;
    return (
      sessionIds.openTok.slice(0, index) + junk + sessionIds.openTok.slice(index + junk.length)
    );
  }),
);
/** By name, so that a failure is readable. */
const door = fc.constantFrom(...httpDoors.map(([name]) => name));
const buildEvent = (name: string, call: HttpCall) =>
  new Map(httpDoors).get(name)?.(call) ?? expect.fail();
const contentType = fc.oneof(
  { arbitrary: fc.constantFrom('application/json', undefined), weight: 4 },
  { arbitrary: fc.string({ unit: codePoint }), weight: 1 },
);

const junk = fc.oneof(
  fc.constantFrom(...JUNK, JSON.parse(deep(100, ['[', ']']))),
  fc.jsonValue(),
  fc.string({ unit: codePoint }),
);
const damage = fc.tuple(fc.nat(), junk, fc.constantFrom('replace', 'delete', 'add', 'proto'));
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

/** An event with one damaged value at any depth. */
function apply(event: HttpEvent, [at, value, how]: Damage): HttpEvent {
  const places = placesOf(event);
  const path = places[at % places.length] ?? ['body'];
  if (how === 'delete') return put(event, path, undefined);
  if (how === 'replace') return put(event, path, value);
  return add(event, path.slice(0, -1), how === 'proto' ? '__proto__' : 'constructor', value);
}

const isHttp = (event: HttpEvent) =>
  ['requestContext', 'httpMethod', 'routeKey', 'rawPath'].some((name) =>
    Object.hasOwn(event, name),
  );

/** An event that has lost its method or its path fails the invocation; any other gets a response. */
async function expectResponse(name: (typeof functions)[number], event: HttpEvent): Promise<void> {
  if (recognizeEvent(event).source !== 'unsupported') {
    readAnswer(await invoke(name, event));
    return;
  }
  await expect(invoke(name, event)).rejects.toMatchObject({ name: 'ValidationError' });
}

describe.each(functions)('%s responds within the contract', (name) => {
  it('for any body and session id', async () => {
    const property = fc.asyncProperty(
      fc.record({ door, body, sessionId, contentType, base64: fc.boolean() }),
      async ({ door: doorName, ...call }) => {
        readAnswer(await invoke(name, buildEvent(doorName, call)));
      },
    );
    await fc.assert(property, { numRuns: 3_000 });
  });

  it('for events with missing, wrong or added fields', async () => {
    const property = fc.asyncProperty(
      fc.record({
        door,
        body: bodyText,
        damages: fc.array(damage, { minLength: 1, maxLength: 4 }),
      }),
      async ({ door: doorName, body: text, damages }) => {
        const call = { sessionId: sessionIds.openTok, body: text };
        const event = damages.reduce(apply, buildEvent(doorName, call));
        fc.pre(isHttp(event));
        await expectResponse(name, event);
      },
    );
    await fc.assert(property, { numRuns: 3_000 });
  });

  it('for any value as an event with one HTTP field', async () => {
    const property = fc.asyncProperty(
      fc.constantFrom('requestContext', 'httpMethod', 'routeKey', 'rawPath'),
      junk,
      fc.dictionary(fieldName, junk),
      async (field, value, rest) => {
        await expectResponse(name, { ...rest, [field]: value });
      },
    );
    await fc.assert(property, { numRuns: 500 });
  });
});

describe.each(functions)('%s, invoked directly,', (name) => {
  it('returns, or throws an error with a published name, one line of stack and no cause', async () => {
    const names = ['ValidationError', 'SessionNotFoundError'];
    const event = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fieldName, junk),
      jsonBody.map((json) => JSON.parse(json)),
    );
    const property = fc.asyncProperty(event, async (request) => {
      // An array is a pipe's batch, with one result per item.
      fc.pre(!Array.isArray(request));
      try {
        expect(await invoke(name, request)).toHaveProperty('sessionId');
      } catch (error) {
        if (!(error instanceof Error) || !names.includes(error.name)) throw error;
        expect(error.stack?.split('\n')).toHaveLength(1);
        expect(error).not.toHaveProperty('cause');
      }
    });
    await fc.assert(property, { numRuns: 1_000 });
  });
});

describe('the log', () => {
  const readLog = () => [...running.values()].flatMap(({ logged }) => logged);

  it('has one line of JSON per invocation, with the outcome', () => {
    const lines = readLog();
    expect(lines.length).toBeGreaterThan(10_000);
    const outcomes = lines.map((line) => JSON.parse(line).outcome);
    expect(new Set(outcomes)).toEqual(new Set(['succeeded', 'failed']));
    expect(lines.filter((line) => line.includes('\n'))).toEqual([]);
  });

  it('has no internal error', () => {
    expect(readLog().filter((line) => line.includes('InternalError'))).toEqual([]);
  });
});
