/**
 * Recognizes the common wrong forms of a key or secret, for errors that name what was found and the
 * remedy. Returns predicates, such as "is in quotes; remove them", and never quotes the text.
 * Computes, but does no I/O.
 */

const BASE64 = /^[\w+/=\s-]+$/;

/** Format and control characters, line and paragraph separators, and spaces that are not ASCII. */
const INVISIBLE = /(?![\t\n\r ])[\p{Cf}\p{Cc}\p{Z}\ufffd]/u;
const QUOTED = /^(?:"[\s\S]*"|'[\s\S]*'|`[\s\S]*`|[“”„«][\s\S]*[“”»]|[‘’‚][\s\S]*[‘’])$/;
const PLACEHOLDER = /^(?:\$\{|\$\(|\{\{|<[^>]*>$|arn:aws)/;
const PATHS: readonly RegExp[] = [
  /^(?:file:\/\/|~\/|\.{1,2}[/\\]|[A-Za-z]:[/\\]|\\\\|\/[^\s/]+\/)\S*$/,
  /^[^\s"{}<>|]+\.(?:pem|key|der|p8|pk8|p12|pfx|json|txt|env)$/i,
];

/** Describes what no text of a secret may be. */
export function describeWrongText(untrimmed: string): string | undefined {
  const text = untrimmed.trim();
  if (untrimmed.startsWith('\ufeff')) {
    return 'begins with a byte order mark; save it as UTF-8 without one';
  }
  if (text[1] === '\0') return 'is UTF-16; save it as UTF-8';
  if (QUOTED.test(text)) return 'is in quotes; remove them';
  if (PLACEHOLDER.test(text)) return 'is a placeholder; store the value that it stands for';
  if (PATHS.some((path) => path.test(text))) {
    return 'is a path; store the content of the file instead';
  }
  const [invisible] = (!isDer(text) && INVISIBLE.exec(untrimmed)) || [];
  if (invisible === undefined) return undefined;
  const code = (invisible.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `contains the invisible character U+${code}; remove it, or copy the text again from its source`;
}

/** Wrong forms of the secret as a whole, once it is known not to be JSON. */
const NOT_JSON: readonly (readonly [form: RegExp, found: string])[] = [
  [/^-----BEGIN /, 'is a key alone; store {"applicationId": "…", "privateKey": "…"}'],
  [/"-----BEGIN [^"\\]*[\r\n]/, 'has line breaks inside a text; write each one as \\n'],
  [/^\{\s*[“”]/, 'has typographic quotes; write "'],
  [/^\{\s*'/, 'has single quotes; JSON has double quotes'],
  [/^\{\s*\w+\s*:/, 'has names without quotes; JSON has double quotes around names and texts'],
  [/,\s*\}$/, 'has a comma after its last field; remove it'],
  [/^(?:export\s+)?\w+=/, 'has the form NAME=value; store {"apiKey": "…", "apiSecret": "…"}'],
];

export function describeNotJson(untrimmed: string): string | undefined {
  const text = untrimmed.trim();
  const decoded = BASE64.test(text) ? Buffer.from(text, 'base64').toString('latin1').trim() : '';
  if (/^\{|^-----BEGIN /.test(decoded)) return 'is base64; store the text that it encodes';
  return describeWrongText(untrimmed) ?? NOT_JSON.find(([form]) => form.test(text))?.[1];
}

/** Wrong forms of a short value: a key's number, a secret, an id. */
export function describeWrongValue(text: string): string | undefined {
  const wrong = describeWrongText(text);
  if (wrong !== undefined) return wrong;
  if (/-----BEGIN /.test(text)) return 'is a key in PEM form, which only a Vonage application has';
  if (/\s/.test(text)) return 'has white space in it; remove it';
  return /\\[nrt]/.test(text) ? 'has a literal \\n in it; remove it' : undefined;
}

/** Writes line breaks that an environment or a JSON file has as a backslash and an n as what they mean. */
export function unescapeLineBreaks(pem: string): string {
  return /-----BEGIN /.test(pem) ? pem.replace(/(?:\\r)?\\n(?:\r?\n)?/g, '\n') : pem;
}

const WRONG_BLOCKS: readonly (readonly [block: RegExp, found: string])[] = [
  [/ENCRYPTED/, 'is encrypted; store it without a passphrase'],
  [/BEGIN OPENSSH/, 'has the format of OpenSSH; convert it with ssh-keygen -p -m PKCS8 -f <file>'],
  [/BEGIN [A-Z0-9 ]*CERTIFICATE/, 'is a certificate; store the private key instead'],
  [/BEGIN PGP/, 'is a PGP key; store the private key of the application instead'],
];
const PRIVATE_BLOCK = /-----BEGIN (?:RSA |EC |DSA )?PRIVATE KEY-----/g;
const PUBLIC_BLOCK = /-----BEGIN (?:RSA )?PUBLIC KEY-----/;

/** Wrong forms of one private key in PEM form, with line breaks that are line breaks. */
export function describeWrongKey(untrimmed: string): string | undefined {
  const text = untrimmed.trim();
  const wrong =
    describeWrongText(untrimmed) ?? WRONG_BLOCKS.find(([block]) => block.test(text))?.[1];
  if (wrong !== undefined) return wrong;
  const privateKeys = text.match(PRIVATE_BLOCK)?.length ?? 0;
  if (PUBLIC_BLOCK.test(text)) {
    return privateKeys > 0
      ? 'is a private and a public key together; store the private one alone'
      : 'is a public key; store the private key that belongs to it';
  }
  if (privateKeys > 1) return 'is several private keys; store the one of the application';
  return privateKeys === 1 ? describeWrongLines(text) : describeOtherForm(text);
}

function describeWrongLines(text: string): string | undefined {
  if (!/-----END [A-Z ]+-----/.test(text)) return 'is cut off before its END line; copy all of it';
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.length === 1) {
    return 'has lost its line breaks; write one, or \\n, after every line';
  }
  if (lines.some((line) => /^[ \t]/.test(line))) {
    return 'is indented; remove the spaces before its lines';
  }
  const isAlone = /^-----BEGIN [A-Z ]+-----\s*$/.test(lines[0] ?? '') && text.endsWith('-----');
  return isAlone ? undefined : 'has other text around it; store the lines from BEGIN to END alone';
}

/** Forms of a key without a BEGIN line. */
function describeOtherForm(text: string): string | undefined {
  if (/^\{[\s\S]*"kty"/.test(text)) return 'is a JWK; convert it to PEM (PKCS#8)';
  if (isDer(text)) return 'is in DER form; convert it with openssl pkey -inform DER -in <file>';
  if (/^ssh-\w+ /.test(text)) {
    return 'is a public key of SSH; store the private key of the application instead';
  }
  if (!BASE64.test(text)) return undefined;
  const decoded = Buffer.from(text, 'base64').toString('latin1');
  if (decoded.includes('-----BEGIN ')) return 'is base64 of a PEM file; store the file as it is';
  return isDer(decoded)
    ? 'is base64 without BEGIN and END lines (DER); store the PEM file with all its lines'
    : undefined;
}

/** Whether a text is, byte by byte or broken by UTF-8, a DER sequence as long as a key. */
function isDer(text: string): boolean {
  return /^0[\x81-\x83\ufffd]/.test(text);
}
