/**
 * `serverless doctor --call`: calls the deployed API, without credentials and with those of the command. The
 * calls change nothing: they read a room that need not exist, and send empty requests to the public routes.
 */
import { AwsClient } from 'aws4fetch';
import { CheckFailure } from './check.ts';
import { readJson, request } from './http.ts';

const ROUTE = '/rooms/doctor';
/** Of the service's own errors, which show that the function has answered. */
const PROBLEM = /^urn:opentok-sessions:/;
const REPAIR = 'npx serverless repair shows what was changed outside of a deployment';

export interface ApiCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Checks that the authorizer rejects a caller without credentials. @throws CheckFailure */
export async function callUnsigned(apiUrl: string, signal: AbortSignal): Promise<string> {
  const { status, text } = await call(`${apiUrl}${ROUTE}`, { signal });
  const what = `GET ${apiUrl}${ROUTE} without credentials returns ${text}`;
  if (status === 401 || status === 403) return what;
  throw new CheckFailure(`${what} instead of 401 or 403. ${REPAIR}`);
}

/** Calls as a back end, with a signature. @throws CheckFailure */
export async function callSigned(
  {
    apiUrl,
    region,
    credentials,
  }: {
    readonly apiUrl: string;
    readonly region: string;
    readonly credentials: ApiCredentials;
  },
  signal: AbortSignal,
): Promise<string> {
  const client = new AwsClient({
    accessKeyId: credentials.accessKeyId,
    secretAccessKey: credentials.secretAccessKey,
    ...(credentials.sessionToken && { sessionToken: credentials.sessionToken }),
    ...{ service: 'execute-api', region },
  });
  const { headers } = await client.sign(`${apiUrl}${ROUTE}`);
  const found = await call(`${apiUrl}${ROUTE}`, { signal, headers });
  if (found.status === 403 && !found.isOfFunction) {
    throw new CheckFailure(
      `a signed GET ${ROUTE} returns ${found.text}: the credentials of this command need execute-api:Invoke on the API (npx serverless deployer-policy --document doctor)`,
    );
  }
  return judge(`a signed GET ${ROUTE}`, found);
}

/** Calls as an end user. @throws CheckFailure */
export async function callWithToken(
  { apiUrl, token }: { readonly apiUrl: string; readonly token: string | undefined },
  signal: AbortSignal,
): Promise<string> {
  if (!token) {
    return 'not called as an end user: set DOCTOR_TOKEN to a sign-in token of the issuer to do it';
  }
  const headers = { authorization: `Bearer ${token}` };
  const found = await call(`${apiUrl}${ROUTE}`, { signal, headers });
  if (!found.isOfFunction && (found.status === 401 || found.status === 403)) {
    throw new CheckFailure(
      `GET ${ROUTE} with DOCTOR_TOKEN returns ${found.text}: API Gateway rejects the token (${found.challenge ?? 'without a reason'}). Compare its iss, aud and exp with issuer and audience`,
    );
  }
  return judge(`GET ${ROUTE} with DOCTOR_TOKEN`, found);
}

/** Sends an empty request to the route of guests, which anyone can call. @throws CheckFailure */
export async function callAsGuest(apiUrl: string, signal: AbortSignal): Promise<string> {
  const route = '/invites/tokens';
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: '{}', signal };
  return judge(`an empty POST ${route}`, await call(`${apiUrl}${route}`, init));
}

/** Sends the empty request with which the platform tests a URL. @throws CheckFailure */
export async function callAsPlatform(apiUrl: string, signal: AbortSignal): Promise<string> {
  const route = '/callbacks';
  return judge(
    `an empty POST ${route}`,
    await call(`${apiUrl}${route}`, { method: 'POST', signal }),
  );
}

interface ApiResponse {
  readonly status: number;
  /** Status and title for people. */
  readonly text: string;
  /** Whether the function answered, and not API Gateway. */
  readonly isOfFunction: boolean;
  readonly detail: string;
  /** Why API Gateway rejects a token. */
  readonly challenge: string | undefined;
}

async function call(address: string, init: RequestInit): Promise<ApiResponse> {
  const response = await request(address, init);
  const body = (await readJson(response)) ?? {};
  const { status } = response;
  const isProblem = PROBLEM.test(String(body['type']));
  const title = body['title'] ?? body['message'];
  const { detail = '', requestId } = body;
  return {
    status,
    text: `${status}${title ? ` (${title})` : ''}`,
    isOfFunction: isProblem || response.ok,
    detail: requestId ? `${detail} Request ${requestId}` : String(detail),
    challenge: response.headers.get('www-authenticate') ?? undefined,
  };
}

function judge(what: string, { status, text, isOfFunction, detail }: ApiResponse): string {
  if (!isOfFunction) {
    throw new CheckFailure(
      `${what} returns ${text}, and no function answered. Read integrationError in the access log; ${REPAIR}`,
    );
  }
  if (status >= 500) {
    throw new CheckFailure(
      `${what} returns ${text}. ${detail} is in the saved query "One request by id"`,
    );
  }
  return `${what} returns ${text}`;
}
