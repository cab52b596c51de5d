/**
 * The precondition `If-Match`: a change applies only to the version that the caller has seen. Pure: no I/O.
 * Source: RFC 9110 sections 8.8.3 and 13.1.1. Only strong tags match, so a weak one never does.
 */
import { Fault, validationError } from '../../domain/faults.ts';
import { roomFault } from '../faults.ts';

/** Returns whether the current entity tag satisfies the precondition; `undefined` stands for no room. */
export type IfMatch = (etag: string | undefined) => boolean;

/** A tag can contain a comma, but no quote. */
const TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/;
const TAGS = new RegExp(`^[ \\t,]*${TAG.source}(?:[ \\t]*,[ \\t,]*${TAG.source})*[ \\t,]*$`);

const rule = 'must be * or a list of entity tags, each in quotes';

/**
 * @param text the header; `undefined` for no precondition
 * @throws Fault `ValidationError`
 */
export function parseIfMatch(text: unknown): IfMatch {
  const ifMatch = read(text);
  if (ifMatch) return ifMatch;
  throw new Fault('ValidationError', `If-Match ${rule}.`);
}

/** Parses the field of a direct request. */
export function parseIfMatchField(text: unknown): IfMatch {
  const ifMatch = read(text);
  if (ifMatch) return ifMatch;
  throw validationError([{ pointer: '#/ifMatch', detail: rule }]);
}

/** Returns `undefined` for a malformed precondition. */
function read(text: unknown): IfMatch | undefined {
  if (text === undefined) return () => true;
  const value = typeof text === 'string' ? text.trim() : '';
  if (value === '*') return (etag) => etag !== undefined;
  if (!TAGS.test(value)) return undefined;
  const tags = new Set(value.match(new RegExp(TAG, 'g')));
  return (etag) => etag !== undefined && tags.has(etag);
}

/** @throws Fault `PreconditionFailedError` */
export function assertMatch(ifMatch: IfMatch, etag: string | undefined): void {
  if (!ifMatch(etag)) {
    throw roomFault(
      'PreconditionFailedError',
      etag === undefined
        ? 'There is no room of that name any more.'
        : 'The room has changed since it was read. Read it again.',
    );
  }
}
