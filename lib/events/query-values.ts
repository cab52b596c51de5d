/**
 * Reads the query string of an HTTP event of either payload version. Any field may be missing or of another
 * type. Pure: no I/O.
 * Source: API Gateway developer guide, "Lambda proxy integration": payload 2.0 has the raw query and
 * joins repeated parameters with commas, 1.0 has them in a list.
 */
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';
import { asFieldsOf, asRecord, type UnknownRecord } from './untrusted.ts';

/** Returns every value of a parameter, decoded, in order; none if the parameter is missing. */
export function readQueryValues(event: UnknownRecord, name: string): readonly string[] {
  const { rawQueryString: raw } = asFieldsOf<APIGatewayProxyEventV2>(event);
  if (typeof raw === 'string') return new URLSearchParams(raw).getAll(name);
  const { multiValueQueryStringParameters, queryStringParameters } =
    asFieldsOf<APIGatewayProxyEvent>(event);
  const repeated = asRecord(multiValueQueryStringParameters)[name];
  const single = asRecord(queryStringParameters)[name];
  const values = Array.isArray(repeated) ? repeated : [single];
  return values.filter((value) => typeof value === 'string');
}
