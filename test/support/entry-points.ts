/** Every entry point that issues tokens; a new one needs a row, and the access tests use all of them. */

/** `by`: what the request names. `who`: the callers it is for. */
export const entryPoints = [
  { entry: 'POST /sessions/{sessionId}/tokens', function: 'issueToken', by: 'session', who: 'all' },
  { entry: 'POST /rooms/{name}/tokens', function: 'joinRoom', by: 'room', who: 'all' },
  { entry: 'GET /room/{name}', function: 'joinRoom', by: 'room', who: 'all' },
  { entry: 'GET /session', function: 'joinRoom', by: 'room', who: 'all' },
  { entry: 'POST /v2/createSessionAndJoin', function: 'joinRoom', by: 'room', who: 'all' },
  { entry: 'issueToken, directly', function: 'issueToken', by: 'session', who: 'trusted' },
  { entry: 'issueToken, in a pipe', function: 'issueToken', by: 'session', who: 'trusted' },
  { entry: 'joinRoom, directly', function: 'joinRoom', by: 'room', who: 'trusted' },
  { entry: 'joinRoom, in a pipe', function: 'joinRoom', by: 'room', who: 'trusted' },
] as const;
