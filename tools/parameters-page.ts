/**
 * `npm run docs:parameters`: writes docs/parameters.md from deploy/parameters.js, so that a parameter
 * is declared once. A test fails while the two differ.
 */
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { groupParameters, type Parameter } from '../deploy/parameters.js';

const introduction = `# Parameters

Give them in \`stages/<stage>.yml\`, in \`stages/<stage>.<region>.yml\` for one region, which overrides it, or with
\`--param="name=value"\`, which overrides both. Values keep the spelling they have in the file, so quotes are
optional around numbers; a name without a value falls back to the layer below, and \`""\` means "not given". The
deployment prints which files it read, and stops before it creates anything if a parameter is wrong, missing or
unknown, or if a file such as \`stages/prod.yaml\` looks as if it was meant and is not read. Everything that is named
by ARN must be in the region of the stack. Made by \`npm run docs:parameters\` from \`deploy/parameters.js\`.
`;

const variables = `## The functions' environment

A variable in the last column tells its parameter to the functions; what is not given is left out. They
read it once, at start; what is wrong there is told by name in the log, and every caller gets a 500 that
says no more than that. The stack itself sets these:

| variable | what it is |
| --- | --- |
| \`EVENT_BUS_NAME\` | \`resultBus\`, once a trigger is on |
| \`ROOMS_TABLE\` | the stack's own table |
| \`AWS_ENDPOINT_URL_SECRETS_MANAGER\`, \`…_DYNAMODB\`, \`…_EVENTBRIDGE\` | where the services are, by the stack's region and partition (\`deploy/resources/endpoints.js\`); there is no default |
`;

export function describeParameters(): string {
  const sections = groupParameters('<stage>').map(({ title, parameters }) => {
    const rows = Object.entries(parameters).map(([name, parameter]) => toRow(name, parameter));
    const head = ['| parameter | default | meaning | may be | variable |', '|---|---|---|---|---|'];
    return [`## ${title}\n`, ...head, ...rows, ''].join('\n');
  });
  return [introduction, ...sections, variables].join('\n');
}

function toRow(name: string, { default: standard, meaning, allowed, variable }: Parameter): string {
  const cells = [code(name), code(String(standard)), meaning, allowed, code(variable ?? '')];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(new URL('../docs/parameters.md', import.meta.url), describeParameters());
}
