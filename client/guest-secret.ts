/**
 * The secrets of guests: reads the one that an invite's link carries, and makes the one that identifies a
 * guest. Both are `<room>.<invite id>.<secret>`; the id has 16 and the secret 43 characters of base64url.
 */

const GUEST_SECRET = /[\w.~-]{1,128}\.[\w-]{16}\.[\w-]{43}/;
/** Each gives one digit of five bits: 210 bits, where 128 are safe from guessing. */
const RANDOM_BYTES = 42;

/**
 * Finds an invite in a text: a link, what follows its `#`, or the invite alone, also where a mail program
 * or a person copying it has added dots, spaces, line breaks or quotes.
 * @returns `undefined` if there is none
 */
export function readInvite(text: string): string | undefined {
  return GUEST_SECRET.exec(text)?.[0];
}

/**
 * Creates the secret that the server recognizes a guest by. Creating it before the first request makes that
 * request safe to retry: after a lost response, the guest does not take a second place.
 *
 * @throws Error if the runtime has no cryptographic randomness
 */
export function newKnock(invite: string): string {
  // Math.random() is not enough: an attacker who guesses this secret can join as this guest.
  const { crypto } = globalThis;
  if (!crypto?.getRandomValues) {
    throw new Error(
      'crypto.getRandomValues is missing. Import react-native-get-random-values first.',
    );
  }
  const bytes = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
  const digits = Array.from(bytes, (byte) => (byte & 31).toString(32));
  // The last of 43 characters has only four bits of the 32 bytes. With 0 it is canonical base64url.
  return `${invite.slice(0, invite.lastIndexOf('.') + 1)}${digits.join('')}0`;
}
