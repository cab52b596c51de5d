/**
 * Headers of an HTTP event of either payload version. Any field may be missing or of another type.
 * Pure: no I/O.
 * Source: API Gateway developer guide, "Lambda proxy integration": payload 2.0 joins repeated headers
 * with commas and writes names in lower case; 1.0 keeps the caller's spelling and lists repeated ones.
 */
import { asRecord, type UnknownRecord } from './untrusted.ts';

/** Returns every value of a header that is a list, in order; none if the header is missing. */
export function readHeaderValues(event: UnknownRecord, wanted: string): readonly unknown[] {
  for (const headers of [event['multiValueHeaders'], event['headers']]) {
    const values = valuesOf(headers, wanted);
    if (values.length > 0) return values;
  }
  return [];
}

/** Splits at commas, except inside quoted strings (RFC 9110 section 5.6.4). */
const MEMBERS = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+|(?<=,|^)(?=,|$)/gs;

/**
 * Returns the value of a header that has one. If it was sent several times, the last value counts,
 * whether the payload lists the values or joins them.
 */
export function readHeaderValue(event: UnknownRecord, wanted: string): string | undefined {
  for (const headers of [event['headers'], event['multiValueHeaders']]) {
    const last = valuesOf(headers, wanted).at(-1);
    if (typeof last === 'string') return last.match(MEMBERS)?.at(-1)?.trim() ?? '';
  }
  return undefined;
}

function valuesOf(headers: unknown, wanted: string): readonly unknown[] {
  return Object.entries(asRecord(headers)).flatMap(([name, value]) =>
    name.toLowerCase() === wanted && value !== null ? [value].flat() : [],
  );
}
