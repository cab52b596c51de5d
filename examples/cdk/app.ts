/**
 * The two core functions behind an HTTP API, from the zips of a release. See README.md.
 *
 *     npx cdk deploy -c secretArn=arn:aws:secretsmanager:…
 */
import { App } from 'aws-cdk-lib';
import { SessionsStack } from './sessions-stack.ts';

const app = new App();
const readContext = (name: string): string => app.node.tryGetContext(name) ?? '';
const readList = (name: string): string[] => readContext(name).split(',').filter(Boolean);

const secretArn = readContext('secretArn');
if (!secretArn)
  throw new Error('Give the ARN of the secret: -c secretArn=arn:aws:secretsmanager:…');
const issuer = readContext('issuer');
const audience = readList('audience');
if (issuer && audience.length === 0)
  throw new Error('With issuer, give the client ids that tokens may be for: -c audience=…');

new SessionsStack(app, 'OpenTokSessions', {
  secretArn,
  ...(issuer && { endUsers: { issuer, audience, corsOrigins: readList('corsOrigins') } }),
});
