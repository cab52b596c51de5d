/**
 * What every peer needs around its library: the event's fields and the answer's form, as a team
 * would write them on the first day. No validation, so it costs less than ours.
 */
export interface HttpEvent {
  readonly pathParameters?: { readonly sessionId?: string; readonly name?: string };
  readonly body?: string;
}

export interface QueueEvent {
  readonly Records: readonly { readonly body: string }[];
}

export interface TokenRequest {
  readonly sessionId: string;
  readonly role: 'subscriber' | 'publisher' | 'moderator';
  readonly data: string;
}

export function readTokenRequest({ pathParameters, body }: HttpEvent): TokenRequest {
  return { sessionId: pathParameters?.sessionId ?? '', ...JSON.parse(body ?? '{}') };
}

export function answerCreated(body: object): object {
  return {
    statusCode: 201,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}

/** The room that the one message asks for. */
export function readRoom({ Records: [message] }: QueueEvent): string {
  return JSON.parse(message?.body ?? '{}').room;
}

/** None of the batch's messages is returned. */
export function answerBatch(): object {
  return { batchItemFailures: [] };
}

/** The claims of an OpenTok token, for peers with a library that makes none. */
export function buildClaims(apiKey: string, { sessionId, role, data }: TokenRequest) {
  const iat = Math.floor(Date.now() / 1000);
  return {
    iss: apiKey,
    ist: 'project',
    scope: 'session.connect',
    session_id: sessionId,
    role,
    iat,
    exp: iat + 86_400,
    connection_data: data,
    nonce: Math.random(),
  };
}
