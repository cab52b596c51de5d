/** The prose check's word list (why: the house style in .github/CONTRIBUTING.md) and what it covers. */

/** Files and folders to check. */
export const CHECKED: readonly string[] = ['.'];

/** Paths that are never checked: not written by hand, or not ours. */
export const SKIPPED: readonly string[] = [
  'LICENSE',
  'package-lock.json',
  // Quotes every phrase.
  'test/tools/prose.test.ts',
  'tools/prose/config.ts',
];

/**
 * Phrases that are not used, and what to write instead. Case, apostrophes, hyphens and line breaks do
 * not matter; `*` stands for any one word.
 */
export const PHRASES: Readonly<Record<string, string>> = {
  ...toAdvice('Name the person: no caller, no guest, no operator.', ['nobody', "nobody's"]),
  ...toAdvice('Name the person: a caller, a guest, the host, an operator.', [
    'somebody',
    "somebody's",
    'whoever',
    'whomever',
    'who asks',
    'who asked',
    'those who',
    'anybody',
    "anybody's",
  ]),
  ...toAdvice('Make it two sentences, or write "with", "of the" or "that has".', ['whose', 'whom']),
  ...toAdvice('Write "its own", "separate" or "a dedicated".', [
    'of its own',
    'of their own',
    'of ours',
    'of theirs',
  ]),
  ...toAdvice('Write "alone" or "automatically", or omit it.', ['by itself', 'by themselves']),
  ...toAdvice('Write "forever" or "never expires".', ['for ever']),
  ...toAdvice('Write "is not a", "is not an" or "has no".', [
    'is no *',
    'are no *',
    'was no *',
    'were no *',
    'be no *',
  ]),
  ...toAdvice('Write "unavailable", "unreachable" or "cannot be reached".', ['out of reach']),
  ...toAdvice('Say what happens: receives, reads, is configured, reports, returns.', [
    'is told',
    'are told',
    'was told',
    'were told',
    'be told',
    'been told',
    'being told',
    'is asked',
    'are asked',
    'was asked',
    'were asked',
    'be asked',
    'been asked',
    'is met',
    'is said',
  ]),
  ...toAdvice('Write "omitted".', ['left out', 'leave out', 'leaves out']),
  ...toAdvice('Write "revoke".', ['taken back', 'take back', 'takes back']),
  ...toAdvice('Write "is retried" or "arrives again".', ['comes again', 'come again']),
  ...toAdvice('Write "again" or "a new".', ['anew']),
  ...toAdvice('Write "authenticate" or "trust".', ['vouch', 'vouches', 'vouched']),
  ...toAdvice('Write "still" or "anyway".', ['all the same']),
  ...toAdvice('Write "without success".', ['in vain']),
  ...toAdvice('Write "in a row".', ['on end']),
  ...toAdvice('Write "temporarily".', ['for the moment']),
  ...toAdvice('Write "accepts" or "tolerates".', ['puts up with', 'put up with']),
  ...toAdvice('Write "except".', ['but for']),
};

/** Uses of a phrase that are idiomatic, as they are written, and why. */
export const ALLOWED: readonly { readonly text: string; readonly reason: string }[] = [
  { text: 'there is no', reason: 'Says that something does not exist.' },
  { text: 'there are no', reason: 'Says that something does not exist.' },
  { text: 'there was no', reason: 'Says that something does not exist.' },
  { text: 'there were no', reason: 'Says that something does not exist.' },
  { text: 'there must be no', reason: 'Says that something must not exist.' },
  { text: 'is no longer', reason: 'Means "not any more".' },
  { text: 'are no longer', reason: 'Means "not any more".' },
  { text: 'was no longer', reason: 'Means "not any more".' },
  { text: 'were no longer', reason: 'Means "not any more".' },
  { text: 'be no longer', reason: 'Means "not longer than".' },
  { text: 'is no more than', reason: 'States a limit.' },
  { text: 'are no more than', reason: 'States a limit.' },
  { text: 'tells or is told', reason: 'The house style in CONTRIBUTING names it.' },
];

function toAdvice(advice: string, phrases: readonly string[]): Record<string, string> {
  return Object.fromEntries(phrases.map((phrase) => [phrase, advice]));
}
