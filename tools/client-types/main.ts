/** `npm run client:types`: writes client/api-types.ts from docs/openapi.json. */
import { writeFileSync } from 'node:fs';
import openapi from '../../docs/openapi.json' with { type: 'json' };
import { type Schema, toClientTypes } from './to-types.ts';

const { schemas } = openapi.components as { schemas: object };
const text = toClientTypes(schemas as Readonly<Record<string, Schema>>);
writeFileSync(new URL('../../client/api-types.ts', import.meta.url), text);
