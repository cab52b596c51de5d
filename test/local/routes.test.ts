import { describe, expect, it } from 'vitest';
import { matchRoute } from '../../local/routes.ts';

const routes = [
  { functionName: 'a', method: 'POST', path: '/sessions' },
  { functionName: 'b', method: 'POST', path: '/sessions/{sessionId}/tokens' },
  { functionName: 'c', method: 'GET', path: '/rooms/{name}' },
  { functionName: 'd', method: 'GET', path: '/rooms/all' },
];

describe('a request takes', () => {
  it.each([
    ['POST', '/sessions', 'a', {}],
    ['POST', '/sessions/1_x/tokens', 'b', { sessionId: '1_x' }],
    ['GET', '/rooms/stand%75p', 'c', { name: 'standup' }],
    ['GET', '/rooms/a%2Fb', 'c', { name: 'a/b' }],
    ['GET', '/r%6Foms/x', 'c', { name: 'x' }],
    ['GET', '/rooms/all', 'd', {}],
    ['GET', '/rooms/{name}', 'c', { name: '{name}' }],
  ])('%s %s the route of %s', (method, path, functionName, pathParameters) => {
    expect(matchRoute(routes, method, path)).toMatchObject({
      route: { functionName },
      pathParameters,
    });
  });

  it.each([
    ['GET', '/sessions'],
    ['post', '/sessions'],
    ['HEAD', '/rooms/x'],
    ['POST', '/sessions/'],
    ['POST', '//sessions'],
    ['POST', '/sessions//tokens'],
    ['GET', '/rooms/'],
    ['GET', '/rooms/x/y'],
    ['GET', '/'],
    ['GET', ''],
    ['OPTIONS', '*'],
  ])('no route: %s %s', (method, path) => {
    expect(matchRoute(routes, method, path)).toBeUndefined();
  });

  it.each(['/rooms/%', '/rooms/%zz', '/rooms/%ff'])('offense at %s', (path) => {
    expect(() => matchRoute(routes, 'GET', path)).toThrow(URIError);
  });
});
