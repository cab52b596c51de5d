/**
 * Explains to the operator why the platform rejected a request: a wrong secret, a wrong clock. Pure.
 *
 * Quotes nothing of the response, which could contain anything. Unknown messages have no explanation.
 * Source: responses to session/create quoted in issues of the vendor's SDKs.
 */

/** By the beginning of the platform's message, in lower case. */
const KNOWN: readonly (readonly [beginning: string, explanation: string])[] = [
  [
    'no suitable authentication found',
    "The platform has no such project: the secret's id is wrong, or the project belongs to the other environment (OpenTok, Vonage).",
  ],
  [
    'invalid signature',
    'The signature does not match: the API secret or the private key belongs to another project or was replaced.',
  ],
  [
    'invalid token format',
    "The platform does not accept the key pair: use a project's key and secret, not an account's.",
  ],
  [
    'invalid issuer format',
    'The platform does not recognize the API key: use the API key of a project.',
  ],
  ['issued time cannot be great', "The local clock is ahead of the platform's."],
  ['invalid partner credentials', 'The API key and the API secret do not belong together.'],
];

const XML_MESSAGE = /<message>([^<]{1,200})<\/message>/;

/**
 * Returns a sentence, or `undefined` if the message is unknown.
 *
 * @param body of an error response, in JSON or XML
 */
export function explainRefusal(body: string): string | undefined {
  const message = readMessage(body)?.trim().toLowerCase();
  if (message === undefined) return undefined;
  return KNOWN.find(([beginning]) => message.startsWith(beginning))?.[1];
}

function readMessage(body: string): string | undefined {
  const fromXml = XML_MESSAGE.exec(body)?.[1];
  if (fromXml !== undefined) return fromXml;
  try {
    const message: unknown = JSON.parse(body)?.message;
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
