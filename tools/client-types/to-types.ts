/**
 * The client's types, made of the API's document: an interface for each request, a type for each
 * answer, and the names of the problems. Pure: no I/O.
 */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly (string | null)[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** What the client calls with and reads; the rest of the document is of no use to it. */
const REQUESTS = [
  ...['SessionRequest', 'TokenRequest', 'JoinRequest', 'RoomRequest'],
  ...['InviteRequest', 'GuestRequest', 'Decision', 'ParticipantDecision'],
];
const ANSWERS = [
  ...['Session', 'Token', 'JoinedRoom', 'JoinedGuest', 'Waiting', 'Room', 'PutRoom'],
  ...['RoomList', 'ListedRoom'],
  ...['CreatedInvite', 'InviteList', 'Invite', 'KnockList', 'Knock'],
  ...['ParticipantList', 'Participant', 'Ban'],
];
const PROBLEM = 'ValidationProblem';
const LINE_LENGTH = 100;

export function toClientTypes(schemas: Readonly<Record<string, Schema>>): string {
  const get = (name: string): Schema => {
    const schema = schemas[name];
    if (!schema) throw new Error(`The document has no schema ${name}.`);
    return schema;
  };
  const role = get('TokenRequest').properties?.['role']?.enum ?? [];
  const names = Object.keys(schemas).filter((name) => name.endsWith('Problem'));
  const fieldError = get(PROBLEM).properties?.['errors']?.items ?? {};
  return [
    '/** The requests and answers of docs/openapi.json: made by `npm run client:types`, not by hand. */',
    toAlias('Role', toUnion(role)),
    ...[...REQUESTS, ...ANSWERS].map((name) => toDeclaration(name, get(name))),
    toDeclaration('FieldError', { description: 'One field at fault.', ...fieldError }),
    '/** The stable names of the problems that the API answers with. */',
    toAlias('FaultName', toUnion(names.map((name) => name.replace(/Problem$/, 'Error')))),
  ]
    .join('\n\n')
    .replace(/(answers with\. \*\/)\n\n/, '$1\n')
    .concat('\n');
}

function toDeclaration(name: string, { description, allOf, ...schema }: Schema): string {
  const { properties = {}, required = [] } = schema;
  const either = (allOf ?? [])
    .find(({ oneOf }) => oneOf)
    ?.oneOf?.flatMap((one) => one.required ?? []);
  const fields = Object.entries(properties)
    .filter(([field]) => !either?.includes(field))
    .map(([field, property]) => toField(field, property, required.includes(field)));
  const body = `{\n${fields.join('\n')}\n}`;
  const head = toComment(description ?? name, '');
  if (!either) return `${head}\nexport interface ${name} ${body}`;
  const kinds = either.map((one) => toKind(one, either, properties));
  return `${head}\nexport type ${name} = ${body} & (\n${kinds.join('\n')}\n);`;
}

/** Of two fields of which an answer has one, the answers that have this one. */
function toKind(
  one: string,
  either: readonly string[],
  properties: Readonly<Record<string, Schema>>,
): string {
  const others = either
    .filter((other) => other !== one)
    .map((other) => `readonly ${other}?: never`);
  return `  | { ${[`readonly ${one}: ${toType(properties[one] ?? {})}`, ...others].join('; ')} }`;
}

function toField(name: string, schema: Schema, isRequired: boolean): string {
  const comment = schema.description ? `${toComment(schema.description, '  ')}\n` : '';
  const head = `  readonly ${name}${isRequired ? '' : '?'}:`;
  const type = name === 'role' ? 'Role' : toType(schema);
  const line = `${head} ${type};`;
  if (line.length <= LINE_LENGTH) return comment + line;
  return `${comment}${head}\n${type
    .split(' | ')
    .map((one) => `    | ${one}`)
    .join('\n')};`;
}

function toType({ $ref, type, enum: choices, items }: Schema): string {
  if ($ref) return $ref.replace('#/components/schemas/', '');
  if (choices) return toUnion(choices);
  if (type === 'array') return `readonly ${toType(items ?? {})}[]`;
  const types = [type ?? []].flat().map((one) => (one === 'integer' ? 'number' : one));
  return types.length > 0 ? types.join(' | ') : 'unknown';
}

function toUnion(words: readonly (string | null)[]): string {
  return words.map((word) => (word === null ? 'null' : `'${word}'`)).join(' | ');
}

function toAlias(name: string, union: string): string {
  const line = `export type ${name} = ${union};`;
  if (line.length <= LINE_LENGTH) return line;
  return `export type ${name} =\n${union
    .split(' | ')
    .map((one) => `  | ${one}`)
    .join('\n')};`;
}

function toComment(text: string, indent: string): string {
  return `${indent}/** ${text.replaceAll('*/', '* /')} */`;
}
