import { describe, expect, inject, it, vi } from 'vitest';

const { functions, optionalFunctions, temporaryFiles } = inject('packaged');
const all = Object.entries({ ...functions, ...optionalFunctions });

/** Lambda's variables, and an endpoint that is not there: every request fails with a problem document. */
const environment = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:9',
  SECRET_ID: 'opentok/project',
  AUTH: 'iam',
};

describe('serverless package', () => {
  it('leaves nothing in the temporary folder', () => {
    expect(temporaryFiles).toEqual([]);
  });
});

describe.each(all)('the zip of %s', (name, { files, handlerFile }) => {
  it('holds only its bundle and chunks', () => {
    const own = handlerFile.split('/').slice(-2).join('/');
    expect(files).toContain(own);
    for (const file of files) {
      expect(file.startsWith(own.replace(/mjs$/, '')), file).toBe(true);
      expect(file).toMatch(/\.mjs$/);
    }
  });

  it('returns a response to an event, loaded from an empty folder outside the repo', async () => {
    Object.assign(process.env, environment);
    for (const method of ['debug', 'info', 'warn', 'error'] as const) {
      vi.spyOn(console, method).mockImplementation(() => {});
    }
    const { handler } = await import(handlerFile);
    const event = {
      version: '2.0',
      routeKey: '$default',
      rawPath: '/sessions',
      requestContext: { http: { method: 'POST', path: '/sessions' } },
      headers: {},
    };
    const answer = await handler(event, { awsRequestId: `request to ${name}` });
    expect(answer).toMatchObject({ statusCode: expect.any(Number) });
    // The API's document needs no secret.
    const expected =
      name === 'describeApi' ? { openapi: '3.1.1' } : { requestId: `request to ${name}` };
    expect(JSON.parse(answer.body)).toMatchObject(expected);
  });
});
