/**
 * A header that is a list, from an HTTP event of either payload version, read with distrust. Pure: no
 * I/O.
 * Source: API Gateway developer guide, "Lambda proxy integration": payload 2.0 joins repeated headers
 * with commas and writes names small, 1.0 has them as they came, and repeated ones in a list.
 */
import { asRecord, type UnknownRecord } from './as-record.ts';

/** Every value of it, in order; none when it is not there. */
export function readHeaderValues(event: UnknownRecord, wanted: string): readonly unknown[] {
  for (const headers of [asRecord(event['multiValueHeaders']), asRecord(event['headers'])]) {
    const values = Object.entries(headers).flatMap(([name, value]) =>
      name.toLowerCase() === wanted && value !== null ? [value].flat() : [],
    );
    if (values.length > 0) return values;
  }
  return [];
}
