/** A request in the two forms that people paste: a shell command, and a line of JavaScript. Pure. */

export interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, or whatever was written by hand; `undefined` for none. */
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

/** For POSIX shells: between single quotes everything but a single quote is itself. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

export function toFetch({ method, url, headers, body }: Request): string {
  const init = [
    `method: ${JSON.stringify(method)}`,
    ...(Object.keys(headers).length > 0 ? [`headers: ${JSON.stringify(headers)}`] : []),
    ...(body === undefined ? [] : [`body: ${toBodyText(body)}`]),
  ];
  return `await fetch(${JSON.stringify(url)}, {\n${init.map((line) => `  ${line},\n`).join('')}})`;
}

function toBodyText(body: string): string {
  try {
    return `JSON.stringify(${JSON.stringify(JSON.parse(body))})`;
  } catch {
    return JSON.stringify(body);
  }
}
