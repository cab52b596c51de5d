/** Schemas and texts for an inspected token. */
import { decodeToken } from '../../../lib/domain/decode-token.ts';
import { SIGNATURES } from '../../../lib/domain/token-signature.ts';
import type { InspectedToken } from '../../../lib/use-cases/inspect-token.ts';
import type { SchemasOf } from './field-words.ts';
import { EXAMPLE_INSPECTED_TOKEN } from './inspect-request.ts';
import { projectSchemas } from './session.ts';
import { EXAMPLE_API_KEY } from './session-id.ts';

const ofThisDeployment =
  'of the project that this deployment serves; the token may belong to another one.';

export const inspectedTokenSchemas: SchemasOf<InspectedToken> = {
  tokenType: { enum: ['JWT', 'T1'], description: 'Format of the token.' },
  signature: {
    enum: SIGNATURES,
    description:
      'Whether the project signed the token. `valid`: it did. `wrong-secret`: signed with another secret or key, or changed after signing. `wrong-algorithm`: in a format, or with an algorithm in its header, that the project does not use. `other-project`: issued for another project. Only the signature is checked: a `valid` token may have expired.',
  },
  header: {
    type: 'object',
    additionalProperties: true,
    description: 'The header of a JWT. A T1 token has none.',
  },
  claims: {
    type: 'object',
    additionalProperties: true,
    description: 'The claims of a JWT, or the fields of a T1 token, which are all texts.',
  },
  apiKey: { ...projectSchemas.apiKey, description: `API key ${ofThisDeployment}` },
  applicationId: { ...projectSchemas.applicationId, description: `Id ${ofThisDeployment}` },
};

const { header, claims } = decodeToken(EXAMPLE_INSPECTED_TOKEN);

export const exampleInspectedToken: InspectedToken = {
  tokenType: 'JWT',
  signature: 'wrong-secret',
  header,
  claims,
  apiKey: EXAMPLE_API_KEY,
};
