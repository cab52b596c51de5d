import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { handler } from '../../handlers/describe-api.ts';
import { assertDocumented } from '../support/documented.ts';
import { httpApiEvent } from '../support/http-events.ts';

describe('GET /openapi.json', () => {
  it('returns the document, in a response that the document describes', async () => {
    const answer = await handler();
    const file = new URL('../../docs/openapi.json', import.meta.url);
    expect(JSON.parse(answer.body)).toEqual(JSON.parse(await readFile(file, 'utf8')));
    const event = { ...httpApiEvent({ method: 'GET' }), rawPath: '/openapi.json' };
    expect(() => assertDocumented('describeApi', event, answer)).not.toThrow();
  });
});
