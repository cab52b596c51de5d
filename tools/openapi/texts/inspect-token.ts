/** What the API's document says of a token that was inspected. */
import { decodeToken } from '../../../lib/domain/decode-token.ts';
import { SIGNATURES } from '../../../lib/domain/token-signature.ts';
import type { InspectedToken } from '../../../lib/use-cases/inspect-token.ts';
import type { SchemasOf } from './field-words.ts';
import { EXAMPLE_INSPECTED_TOKEN } from './inspect-request.ts';
import { projectSchemas } from './session.ts';
import { EXAMPLE_API_KEY } from './session-id.ts';

const ofThisDeployment =
  'of the project that this deployment serves, which need not be the token’s.';

export const inspectedTokenSchemas: SchemasOf<InspectedToken> = {
  tokenType: { enum: ['JWT', 'T1'], description: 'Form of the token.' },
  signature: {
    enum: SIGNATURES,
    description:
      'Whether the project has signed it: `valid`; `wrong-secret`, when another secret or key has, or when the token was changed afterwards; `wrong-algorithm`, when it is of a form, or its header names an algorithm, that the project does not sign with; `other-project`, when it names another project, whose secret is not known here. Nothing else is judged: a `valid` token may have expired.',
  },
  header: {
    type: 'object',
    additionalProperties: true,
    description: 'What the header of a JWT says; T1 has none.',
  },
  claims: {
    type: 'object',
    additionalProperties: true,
    description: 'What the token says: the claims of a JWT, the fields of T1, which are texts.',
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
