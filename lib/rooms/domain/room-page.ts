/**
 * Which part of the list of rooms a request is about. Pure: no I/O.
 */
import * as v from 'valibot';
import { parseFields } from '../../domain/request-fields.ts';
import { isStoredRoomName } from './room.ts';

/** The largest page, and the default. */
export const MAX_PAGE_ROOMS = 100;

const limitRule = `must be one whole number from 1 to ${MAX_PAGE_ROOMS}`;
const afterRule = 'must be one `next` of another page';

export const roomPage = v.object({
  limit: v.optional(
    v.custom<number>(
      (limit) => Number.isInteger(limit) && Number(limit) >= 1 && Number(limit) <= MAX_PAGE_ROOMS,
      limitRule,
    ),
    MAX_PAGE_ROOMS,
  ),
  after: v.optional(v.custom<string>(isStoredRoomName, afterRule)),
});

export interface RoomPage {
  /** Maximum number of rooms. 1 to 100, default 100. */
  readonly limit: number;
  /** Only rooms with later names, in the order of ASCII. Default: from the first room on. */
  readonly after?: string | undefined;
}

/**
 * Parses the fields of a direct request.
 *
 * @throws Fault `ValidationError` that lists every invalid field
 */
export function parseRoomPage(input: unknown): RoomPage {
  return parseFields(roomPage, input);
}

/**
 * Parses the query parameters of a route. Others are ignored.
 *
 * @param values returns every value of a parameter
 * @throws Fault `ValidationError` that lists every invalid parameter
 */
export function readRoomPage(values: (name: string) => readonly string[]): RoomPage {
  const read = (name: string, parse: (text: string) => unknown) => {
    const [first, ...more] = values(name);
    if (first === undefined) return {};
    return { [name]: more.length > 0 ? 'repeated, so invalid' : parse(first) };
  };
  return parseRoomPage({
    ...read('limit', (text) => (/^\d+$/.test(text) ? Number(text) : text)),
    ...read('after', (text) => text),
  });
}
