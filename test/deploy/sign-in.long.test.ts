/** The stage files of docs/sign-in.md. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { copyService, packageService } from '../../tools/package-service.ts';

const docs = await readFile(new URL('../../docs/sign-in.md', import.meta.url), 'utf8');
const files = [...docs.matchAll(/```yaml\n\s*# ([\w-]+)\n([^`]*)```/g)].map(
  ([, name = '', text = '']): [string, Record<string, string>] => [
    name,
    Object.fromEntries(
      [...text.matchAll(/^\s*(\w+): (.+)$/gm)].map(([, key = '', value = '']) => [key, value]),
    ),
  ],
);

describe('docs/sign-in.md', () => {
  it('has a stage file for each kind of provider', () => {
    expect(files.map(([name]) => name)).toEqual([
      'cognito',
      'auth0',
      'entra',
      'keycloak',
      'back-end',
    ]);
  });

  it.each(files)(
    'has a stage file that packages: %s',
    async (_name, params) => {
      const service = await copyService();
      try {
        const { template } = await packageService(service, params);
        const resources = Object.values(template.Resources);
        const authorizers = resources.filter(
          ({ Type }) => Type === 'AWS::ApiGatewayV2::Authorizer',
        );
        expect(authorizers.map(({ Properties }) => Properties['JwtConfiguration'])).toEqual(
          params['auth'] === 'jwt'
            ? [{ Issuer: params['issuer'], Audience: [params['audience']] }]
            : [],
        );
      } finally {
        await service.remove();
      }
    },
    180_000,
  );
});
