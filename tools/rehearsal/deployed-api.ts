/** Calls the deployed API over HTTPS, as a back end, an end user or a guest does. */
import { request } from 'node:https';
import { json } from 'node:stream/consumers';
import { AwsClient } from 'aws4fetch';
import type { Credentials, Emulator } from './emulators.ts';

export interface Call {
  /** Method and path, for example `POST /sessions`. */
  readonly route: string;
  readonly body?: object;
  /** Signs the call (SigV4). */
  readonly signer?: Credentials;
  /** Sent as a bearer token. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // biome-ignore lint/suspicious/noExplicitAny: each step asserts the fields that it reads
  readonly body: any;
}

/** Returns a function that sends one call to the API with this id. */
export function openApi(
  { url, clientConfig: { region } }: Emulator,
  apiId: string,
): (call: Call) => Promise<ApiResponse> {
  const { port } = new URL(url);
  const host = `${apiId}.execute-api.localhost:${port}`;

  return async ({ route, body, signer, token, headers: extra = {} }) => {
    const [method = '', path = ''] = route.split(' ');
    const content = body && JSON.stringify(body);
    const headers = {
      ...(content && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...extra,
    };
    const signed = signer
      ? await sign({ url: `https://${host}${path}`, region, method, content, headers, signer })
      : headers;
    return new Promise((resolve, reject) => {
      const outgoing = request(
        // The name of the API is in the Host header only, so it is never looked up.
        {
          ...{ host: '127.0.0.1', port, servername: 'localhost' },
          method,
          path,
          headers: { ...signed, host },
        },
        (incoming) => {
          const { statusCode: status = 0, headers } = incoming;
          json(incoming)
            .catch(() => undefined)
            .then((read) => resolve({ status, headers, body: read }), reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(content);
    });
  };
}

async function sign({
  url,
  region,
  method,
  content,
  headers,
  signer,
}: {
  readonly url: string;
  readonly region: string;
  readonly method: string;
  readonly content: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly signer: Credentials;
}): Promise<Record<string, string>> {
  const client = new AwsClient({ ...signer, service: 'execute-api', region });
  const signed = await client.sign(url, {
    method,
    headers: { ...headers },
    ...(content && { body: content }),
  });
  return Object.fromEntries(signed.headers);
}
