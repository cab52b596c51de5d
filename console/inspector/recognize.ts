/**
 * Finds out what a pasted text holds: a token, wherever it stands (a header, JSON, a URL, a log line, a mail
 * that broke it into lines), a session id, or an invite. Pure: no I/O.
 */
import { readInvite } from '../../client/guest-secret.ts';
import { decodeToken, NotAToken, type Token } from '../../lib/domain/decode-token.ts';
import { readSessionId, type SessionIdParts } from './session-id.ts';

export type Recognized =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'token'; readonly text: string; readonly token: Token }
  | { readonly kind: 'session'; readonly sessionId: string; readonly parts: SessionIdParts }
  | { readonly kind: 'invite'; readonly invite: string; readonly room: string }
  | { readonly kind: 'unknown'; readonly problem: NotAToken };

/** More of them are not worth the time: one token is shown. */
const MAX_CANDIDATES = 100;
/** Cheaper than `readInvite`, which takes long for long texts. */
const MAYBE_INVITE = /\.[\w-]{16}\.[\w-]{43}/;

/** White space, and characters that are not visible. */
const SPACE = /[\s\u200b-\u200d\u2060\ufeff]+/g;
const T1 = 'T1==';
/** Base64url of a text that starts with `{`. */
const JSON_OBJECT = /^e[w-z0-9_-]/;
const LOOKS_LIKE_TOKEN = /^(?:eyJ|T1==)/;
const T1_TEXT = /^T1==[\w+/=-]*/;
/** Longer texts are cut: a log of megabytes would block the page. */
const TEXT_MAX_LENGTH = 200_000;

export function recognize(pasted: string): Recognized {
  const text = pasted.slice(0, TEXT_MAX_LENGTH).replace(SPACE, ' ').trim();
  if (text === '') return { kind: 'nothing' };
  const texts = toReadings(text);
  const whole = cleanPasted(text);
  const candidates = [...new Set([whole, ...texts.flatMap(findCandidates)])].slice(
    0,
    MAX_CANDIDATES,
  );
  let problem: NotAToken | undefined;
  for (const candidate of candidates) {
    try {
      return { kind: 'token', text: candidate, token: decodeToken(candidate) };
    } catch (cause) {
      if (!(cause instanceof NotAToken)) throw cause;
      problem ??= cause;
    }
  }
  for (const reading of [...texts, whole]) {
    const invite = MAYBE_INVITE.test(reading) ? readInvite(reading) : undefined;
    if (invite !== undefined) return { kind: 'invite', invite, room: toRoom(invite) };
    for (const word of reading.split(/[^\w-]+/)) {
      const parts = readSessionId(word);
      if (parts) return { kind: 'session', sessionId: word, parts };
    }
  }
  // A candidate that looks like a token explains more than the text around it.
  const [, inner] = candidates;
  const better = LOOKS_LIKE_TOKEN.test(whole) ? undefined : explain(inner);
  return { kind: 'unknown', problem: better ?? (problem as NotAToken) };
}

/** Removes quotes, `Bearer` with or without the header's name, and line breaks. */
function cleanPasted(text: string): string {
  return text
    .replace(/^(["'])(.*)\1$/, '$2')
    .replace(/^(?:authorization: ?)?bearer /i, '')
    .replaceAll(' ', '')
    .replace(/^(["'])(.*)\1$/, '$2');
}

/** Returns the text as it is, and as it reads with the escapes of URLs and of JSON resolved. */
function toReadings(text: string): readonly string[] {
  const plain = text.replace(/(?<!\\)\\+(["/])/g, '$1').replace(/(?<!\\)\\+u003d/gi, '=');
  // One escape at a time: another part of the text may not be valid.
  const decoded = plain.replace(/%(?:25)*([0-7][0-9a-f])/gi, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return [...new Set([text, plain, decoded])];
}

function findCandidates(text: string): string[] {
  const t1 = text
    .split(T1)
    .slice(1)
    .map((rest) => T1_TEXT.exec(T1 + rest)?.[0] ?? '');
  const jwts = text.split(/[^\w.-]+/).flatMap((word) => {
    const parts = word.split('.');
    return parts
      .map((part, at) => [part, parts.slice(at, at + 3).join('.')] as const)
      .filter(([part], at) => JSON_OBJECT.test(part) && at < parts.length - 2)
      .map(([, candidate]) => candidate);
  });
  return [...t1, ...jwts];
}

function explain(candidate: string | undefined): NotAToken | undefined {
  if (candidate === undefined || !LOOKS_LIKE_TOKEN.test(candidate)) return undefined;
  try {
    decodeToken(candidate);
  } catch (cause) {
    if (cause instanceof NotAToken) return cause;
  }
  return undefined;
}

const toRoom = (invite: string) => invite.split('.').slice(0, -2).join('.');
