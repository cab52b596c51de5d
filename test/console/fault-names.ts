/** The names of all faults, as the document has examples of them. */
import openapi from '../../docs/openapi.json' with { type: 'json' };
import type { FaultName } from '../../lib/domain/faults.ts';

export const FAULT_NAMES = Object.keys(openapi.components.examples) as FaultName[];
