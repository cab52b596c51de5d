/** The names of all faults, as the document has examples of them. */
import openapi from '../../docs/openapi.json' with { type: 'json' };
import type { AnyFaultName } from '../../tools/openapi/texts/faults.ts';

export const FAULT_NAMES = Object.keys(openapi.components.examples) as AnyFaultName[];
