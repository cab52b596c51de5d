/**
 * Log records of the local gateway: what a developer would otherwise miss, since no function logs it.
 * Each contains a path, a field's name or advice, never a token or a body. Pure: no I/O.
 */
import openapi from '../docs/openapi.json' with { type: 'json' };
import type { Route } from './routes.ts';

/** A log record, as the functions write them. */
export interface Notice {
  readonly level: 'warn';
  readonly function?: string;
  readonly message: string;
  readonly status?: number;
}

/** Describes a request that matches no route, and names the methods of its path if there are any. */
export function describeUnmatched(method: string, path: string, routes: readonly Route[]): Notice {
  const methods = routes
    .filter((route) => toPattern(route.path).test(path))
    .map((route) => route.method);
  const hint = methods.length > 0 ? `: this path has ${[...new Set(methods)].join(', ')}` : '';
  return { level: 'warn', message: `${method} ${path} matches no route${hint}`, status: 404 };
}

function toPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

/** Describes each invalid field of a 400; functions log only how many there were. */
export function describeInvalidFields(
  { statusCode, body }: { readonly statusCode: number; readonly body: string },
  { functionName }: Route,
): readonly Notice[] {
  if (statusCode !== 400) return [];
  return readErrors(body).map(({ pointer, detail }) => ({
    level: 'warn',
    function: functionName,
    message: `${pointer === '#' ? 'request' : pointer.replace(/^#\//, '')}: ${detail}`,
  }));
}

interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

function readErrors(body: string): readonly FieldError[] {
  try {
    const { errors = [] } = JSON.parse(body) as { readonly errors?: readonly FieldError[] };
    return errors;
  } catch {
    return [];
  }
}

const JWT = /^(?:Bearer )?[\w-]+\.[\w-]+\.[\w-]*$/i;
/** Callers of a deployment with `auth=iam` sign so. */
const SIGNED = /^AWS4-HMAC-SHA256 /;

type Operations = Readonly<Record<string, { readonly security?: readonly object[] }>>;

/**
 * Describes an `Authorization` header that an authorizer of a deployment would reject: one without a JWT.
 * Returns `undefined` on routes that have no authorizer.
 */
export function describeOpaqueToken(
  authorization: string | undefined,
  { method, path, functionName }: Route,
): Notice | undefined {
  if (authorization === undefined || JWT.test(authorization) || SIGNED.test(authorization)) return;
  const operations = (openapi.paths as Readonly<Record<string, Operations>>)[path];
  if (operations?.[method.toLowerCase()]?.security?.length === 0) return;
  return {
    level: 'warn',
    function: functionName,
    message:
      'the Authorization header is not a JWT. It is ignored here; a deployment rejects it with 401. Send the ID token or access token of your identity provider as a JWT',
  };
}
