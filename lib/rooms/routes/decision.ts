/**
 * What a host says about who waits. Pure: no I/O.
 */
import * as v from 'valibot';
import { parseFields } from '../../domain/request-fields.ts';
import { DECISIONS, type Decision } from '../domain/knock.ts';

const rule = `must be one of ${DECISIONS.join(', ')}`;
// The object's own message is the one for its only required field when that is missing.
export const decisionRequest = v.object({ decision: v.picklist(DECISIONS, rule) }, rule);

/** @throws Fault `ValidationError` */
export function parseDecision(input: unknown): { readonly decision: Decision } {
  return parseFields(decisionRequest, input);
}
