/** The code of an app for each thing that the demo does. Pure: no I/O. */
import type { Newcomer } from './get-token.ts';

const IMPORT = `import { createTokenSource } from 'opentok-sessions-client';`;

const quote = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;

/** @param idName The name of the field with the project's id: `apiKey` or `applicationId`. */
export function toJoinCode(url: string, newcomer: Newcomer, idName: string): string {
  const { kind, name, room, role } = newcomer;
  const options =
    kind === 'guest'
      ? [`invite: readInvite(location.hash),`, `name: ${quote(name)},`]
      : [
          `room: ${quote(room)},`,
          `role: ${quote(role)},`,
          // biome-ignore lint/suspicious/noTemplateCurlyInString: It is code to show.
          'headers: async () => ({ authorization: `Bearer ${await getSignInToken()}` }),',
        ];
  const imports = kind === 'guest' ? IMPORT.replace(' }', ', readInvite }') : IMPORT;
  return `${imports}

const tokens = createTokenSource({
  url: ${quote(url)},
${options.map((line) => `  ${line}\n`).join('')}});
const { ${idName}, sessionId, token } = await tokens.fetch();

const session = OT.initSession(${idName}, sessionId);
session.on('streamCreated', ({ stream }) => {
  session.subscribe(stream, 'others', { insertMode: 'append' });
});
session.connect(token, (error) => {
  if (error) console.error(error.message);
  else session.publish(OT.initPublisher('me'));
});`;
}

/** @param call Such as `createInvite('standup')`. */
export function toHostCode(url: string, call: string, result = ''): string {
  return `import { createClient } from 'opentok-sessions-client';

const client = createClient({
  url: ${quote(url)},
  headers: async () => ({ authorization: \`Bearer \${await getSignInToken()}\` }),
});
${result && `const ${result} = `}await client.${call};`;
}

export const toArguments = (...values: (string | object)[]): string =>
  values.map((value) => (typeof value === 'string' ? quote(value) : toLiteral(value))).join(', ');

const toLiteral = (value: object) =>
  `{ ${Object.entries(value)
    .map(
      ([name, inner]) =>
        `${name}: ${typeof inner === 'string' ? quote(inner) : JSON.stringify(inner)}`,
    )
    .join(', ')} }`;
