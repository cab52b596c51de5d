/**
 * The state of the page in its address, after the `#`, so that it survives a reload and can be shared.
 * No secret gets there: browsers keep addresses, and people send them to each other. Pure: no I/O.
 */
import { readSessionId } from './inspector/session-id.ts';

export type View = 'room' | 'api' | 'token';

export interface Address {
  readonly view: View;
  /** With `api`, the id of the operation; otherwise empty. */
  readonly operation: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Fields with secrets, by the last part of their names. */
const SECRET_FIELDS = /(?:^|\.)(?:token|invite|guest|knock)$/;
/** The start of a token of either kind, or a text as long and dense as a key. */
const SECRET = /eyJ|T1==|[\w+/=-]{32}/;
const VALUE_MAX_LENGTH = 300;

/** Returns whether a value may stand in an address. */
export function isShareable(name: string, value: string): boolean {
  if (SECRET_FIELDS.test(name) || value.length > VALUE_MAX_LENGTH) return false;
  return readSessionId(value) !== undefined || !SECRET.test(value);
}

/** @param hash With its `#`. @returns `undefined` for the hash of something else, such as an invite */
export function readAddress(hash: string): Address | undefined {
  const [, view, operation = '', query = ''] =
    /^#\/(room|api|token)(?:\/(\w*))?(?:\?(.*))?$/.exec(hash) ?? [];
  if (view === undefined) return undefined;
  const pairs = [...new URLSearchParams(query)];
  const values = Object.fromEntries(pairs.filter(([name, value]) => isShareable(name, value)));
  return { view: view as View, operation, values };
}

export function toHash({ view, operation, values }: Address): string {
  const pairs = Object.entries(values).filter((pair) => pair[1] !== '' && isShareable(...pair));
  const query = new URLSearchParams(pairs).toString();
  return `#/${view}${operation && `/${operation}`}${query && `?${query}`}`;
}
