/**
 * Recognizes the common wrong forms of a key or secret, for errors that name what was found and the
 * remedy. Returns predicates, such as "is in quotes; remove them", and never quotes the text.
 * Computes, but does no I/O. Every function's bundle contains this file, so its texts are short.
 */

/** The first row that matches applies. */
type Forms = readonly (readonly [form: RegExp, found: string])[];

const BASE64 = /^[\w+/=\s-]+$/;
/** Format and control characters, line and paragraph separators, and spaces that are not ASCII. */
const INVISIBLE = /(?![\t\n\r ])[\p{Cf}\p{Cc}\p{Z}\ufffd]/u;
/** Byte by byte or broken by UTF-8: a DER sequence as long as a key. */
const DER = /^0[\x81-\x83\ufffd]/;

/** Wrong forms of any text. */
const ANY_TEXT: Forms = [
  [/^.\0/s, 'is UTF-16; save it as UTF-8'],
  [/^(?:".*"|'.*'|`.*`|[“”„«].*[“”»]|[‘’‚].*[‘’])$/s, 'is in quotes; remove them'],
  [/^(?:\$[{(]|\{\{|<[^>]*>$|arn:aws)/, 'is a placeholder; store its value'],
  [
    /^(?:(?:file:\/\/|~\/|\.{1,2}[/\\]|[a-z]:[/\\]|\\\\|\/[^\s/]+\/)\S*|[^\s"{}<>|]+\.(?:pem|key|der|p8|pk8|p12|pfx|json|txt|env))$/i,
    'is a path; store the content of the file',
  ],
];

/** Wrong forms of the whole secret, once it is known not to be JSON. */
const NOT_JSON: Forms = [
  [/^-----BEGIN /, 'is a key alone; store {"applicationId": "…", "privateKey": "…"}'],
  [/"-----BEGIN [^"\\]*[\r\n]/, 'has line breaks inside a string; write them as \\n'],
  [/^\{\s*[“”'\w]/, 'has names without double quotes'],
  [/,\s*\}$/, 'has a comma after its last field; remove it'],
  [/^(?:export\s+)?\w+=/, 'has the form NAME=value; store {"apiKey": "…", "apiSecret": "…"}'],
];

/** Wrong forms of a short value: a key's number, a secret, an id. */
const VALUE: Forms = [
  [/-----BEGIN /, 'is a key in PEM form, which only a Vonage application has'],
  [/\s/, 'has white space in it; remove it'],
  [/\\[nrt]/, 'has a literal \\n in it; remove it'],
];

/** Wrong forms of one private key in PEM form with real line breaks. */
const KEY: Forms = [
  [/ENCRYPTED/, 'is encrypted; store it without a passphrase'],
  [/BEGIN OPENSSH/, 'is in OpenSSH format; convert it with ssh-keygen -p -m PKCS8 -f <file>'],
  [/BEGIN [A-Z0-9 ]*CERTIFICATE/, 'is a certificate; store the private key'],
  [/BEGIN PGP/, 'is a PGP key; store the private key of the application'],
  [
    /PRIVATE KEY-----.*BEGIN (?:RSA )?PUBLIC|PUBLIC KEY-----.*BEGIN [A-Z ]*PRIVATE/s,
    'is a private and a public key; store the private key alone',
  ],
  [/BEGIN (?:RSA )?PUBLIC KEY|^ssh-\w+ /, 'is a public key; store the private key'],
  [/BEGIN [A-Z ]*PRIVATE.*BEGIN [A-Z ]*PRIVATE/s, 'is several private keys; store one'],
  [/BEGIN [A-Z ]*PRIVATE KEY-----(?!.*-----END [A-Z ]+-----)/s, 'is cut off before its END line'],
  [/^.*PRIVATE KEY-----.*$/, 'has lost its line breaks; write one, or \\n, after every line'],
  [/PRIVATE KEY-----.*[\r\n][ \t]/s, 'is indented; remove the spaces before its lines'],
  [
    /^(?!-----BEGIN [A-Z ]+-----[ \t]*[\r\n]).*PRIVATE KEY-----|PRIVATE KEY-----.*(?<!-----)$/s,
    'has other text around it; store the lines from BEGIN to END',
  ],
  [/^\{.*"kty"/s, 'is a JWK; convert it to PEM (PKCS#8)'],
  [DER, 'is in DER form; convert it with openssl pkey -inform DER -in <file>'],
];

/** Forms that a key or secret has once it is decoded from base64. */
const ENCODED: Forms = [
  [/^\{|-----BEGIN /, 'is base64; store what it encodes'],
  [DER, 'is base64 without BEGIN and END lines; store the PEM file with all its lines'],
];

function find(forms: Forms, text: string): string | undefined {
  return forms.find(([form]) => form.test(text))?.[1];
}

/** Finds what no text of a secret may be or contain. */
function findInText(text: string): string | undefined {
  // A byte order mark is white space to `trim`.
  if (text.startsWith('\ufeff')) return 'begins with a byte order mark; remove it';
  const found = find(ANY_TEXT, text.trim());
  const [invisible] = (!found && !DER.test(text.trim()) && INVISIBLE.exec(text)) || [];
  return invisible
    ? `contains the invisible character U+${invisible.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}; remove it`
    : found;
}

function findEncoded(text: string): string | undefined {
  return BASE64.test(text)
    ? find(ENCODED, Buffer.from(text, 'base64').toString('latin1').trim())
    : undefined;
}

export function describeNotJson(text: string): string | undefined {
  return findEncoded(text) ?? findInText(text) ?? find(NOT_JSON, text.trim());
}

export function describeWrongValue(text: string): string | undefined {
  return findInText(text) ?? find(VALUE, text);
}

export function describeWrongKey(text: string): string | undefined {
  return findInText(text) ?? find(KEY, text.trim()) ?? findEncoded(text);
}

/** Writes line breaks that an environment or a JSON file has as a backslash and an n as what they mean. */
export function unescapeLineBreaks(pem: string): string {
  return /-----BEGIN /.test(pem) ? pem.replace(/(?:\\r)?\\n(?:\r?\n)?/g, '\n') : pem;
}
