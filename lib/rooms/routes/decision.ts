/**
 * The decision of a host about people who wait or are in a room. Pure: no I/O.
 */
import * as v from 'valibot';
import { parseFields } from '../../domain/request-fields.ts';
import { DECISIONS, type Decision } from '../domain/knock.ts';
import { PARTICIPANT_DECISIONS, type ParticipantDecision } from '../domain/participant.ts';

/** A request body of 32 KiB has room for about this many. */
export const MAX_KNOCK_IDS = 1_000;
const rule = `must be one of ${DECISIONS.join(', ')}`;
const idsRule = `must be an array of at most ${MAX_KNOCK_IDS} strings: ids of people who wait`;

/** About one person. Valibot reports the object's message if its only required field is missing. */
export const decisionRequest = v.object({ decision: v.picklist(DECISIONS, rule) }, rule);
/** About everyone who waits, or about the ids that the host has seen. */
export const decisionsRequest = v.object(
  {
    ...decisionRequest.entries,
    knockIds: v.optional(
      v.pipe(v.array(v.string(idsRule), idsRule), v.maxLength(MAX_KNOCK_IDS, idsRule)),
    ),
  },
  rule,
);

/** @throws Fault `ValidationError` */
export function parseDecision(input: unknown): { readonly decision: Decision } {
  return parseFields(decisionRequest, input);
}

/** @throws Fault `ValidationError` */
export function parseDecisions(input: unknown): {
  readonly decision: Decision;
  readonly knockIds?: readonly string[] | undefined;
} {
  return parseFields(decisionsRequest, input);
}

const participantRule = `must be one of ${PARTICIPANT_DECISIONS.join(', ')}`;
export const participantDecisionRequest = v.object(
  { decision: v.picklist(PARTICIPANT_DECISIONS, participantRule) },
  participantRule,
);

/** @throws Fault `ValidationError` */
export function parseParticipantDecision(input: unknown): {
  readonly decision: ParticipantDecision;
} {
  return parseFields(participantDecisionRequest, input);
}

const removalRule = 'must be remove';
export const removalRequest = v.object(
  { decision: v.picklist(['remove'], removalRule) },
  removalRule,
);

/** @throws Fault `ValidationError` */
export function parseRemoval(input: unknown): { readonly decision: 'remove' } {
  return parseFields(removalRequest, input);
}
