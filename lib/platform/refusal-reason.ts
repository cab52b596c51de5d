/**
 * Why the platform refused, for the operator, who must tell a wrong secret from a wrong clock. Pure.
 *
 * An answer of somebody else's can hold anything, so that no word of it is passed on: what is known
 * is told in words of ours, what is not known is not told.
 * Source: refusals of session/create that issues of the vendor's SDKs quote.
 */

/** By how the platform's message begins, in lower case. */
const KNOWN: readonly (readonly [beginning: string, explanation: string])[] = [
  [
    'no suitable authentication found',
    'It knows no such project: the id of the secret is wrong, or the project is of the other environment (OpenTok, Vonage).',
  ],
  [
    'invalid signature',
    "It does not take the signature: the API secret or the private key is not this project's, or no longer.",
  ],
  [
    'invalid token format',
    "It does not take the key pair: an account's key and secret are no project's.",
  ],
  [
    'invalid issuer format',
    'It does not take the API key for one: it must be the one of a project.',
  ],
  ['issued time cannot be great', "The clock here is ahead of the platform's."],
  ['invalid partner credentials', 'It does not take the API key and the API secret for a pair.'],
];

const XML_MESSAGE = /<message>([^<]{1,200})<\/message>/;

/** @param body of a refusal, in JSON or XML @returns a sentence; `undefined` for what is not known */
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
