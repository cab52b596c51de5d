/** Writes a request as a shell command and as JavaScript, to paste. Pure: no I/O. */

export interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, or any other text; `undefined` for none. */
  readonly body: string | undefined;
}

export function toCurl({ method, url, headers, body }: Request): string {
  const parts = [
    `curl -sS -X ${method} ${quote(url)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`--data-raw ${quote(body)}`]),
  ];
  return parts.join(' \\\n  ');
}

/** For POSIX shells, where all characters between single quotes are literal, except a single quote. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

export function toFetch({ method, url, headers, body }: Request): string {
  const init = [
    `method: ${JSON.stringify(method)}`,
    ...(Object.keys(headers).length > 0 ? [`headers: ${toHeadersText(headers)}`] : []),
    ...(body === undefined ? [] : [`body: ${toBodyText(body)}`]),
  ];
  return `await fetch(${JSON.stringify(url)}, {\n${init.map((line) => `  ${line},\n`).join('')}})`;
}

function toHeadersText(headers: Request['headers']): string {
  const text = JSON.stringify(headers);
  return isLiteral(text) ? text : `Object.fromEntries(${JSON.stringify(Object.entries(headers))})`;
}

/** An object literal if that sends the same body, otherwise the body as a string. */
function toBodyText(body: string): string {
  const text = toCompactJson(body);
  return text !== undefined && isLiteral(text) ? `JSON.stringify(${text})` : JSON.stringify(body);
}

/** Returns `undefined` for text that is not JSON, and for JSON that JavaScript would write differently. */
function toCompactJson(body: string): string | undefined {
  try {
    const text = JSON.stringify(JSON.parse(body));
    const withoutSpace = body.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
    return text === withoutSpace ? text : undefined;
  } catch {
    return undefined;
  }
}

/** In an object literal, `"__proto__": x` is not a field. It sets the prototype. */
function isLiteral(json: string): boolean {
  return !json.includes('"__proto__":');
}
