/** The result of checking one rule, and the wording that all rules share. Pure: no I/O. */
import type { Token } from '../../../lib/domain/decode-token.ts';
import type { Signature } from '../../../lib/domain/token-signature.ts';

export interface Finding {
  readonly rule: string;
  /** `warning`: the platform has accepted such tokens, or it is not known whether it does. */
  readonly outcome: 'kept' | 'broken' | 'warning';
  readonly detail: string;
  /** What to do about a rule that is not kept. */
  readonly remedy?: string;
  /** Of a broken rule: ends the sentence that starts with `Invalid:`. */
  readonly verdict?: string;
}

export interface Circumstances {
  readonly nowSeconds: number;
  /** The project that this API serves; `undefined` for any. */
  readonly project?: { readonly kind: 'opentok' | 'vonage'; readonly id: string } | undefined;
  /** The result of verifying the signature; `undefined` if it has not been verified. */
  readonly signature?: Signature | undefined;
}

export type Rule = (token: Token, circumstances: Circumstances) => Finding | undefined;

export const kept = (rule: string, detail: string): Finding => ({ rule, outcome: 'kept', detail });
export const broken = (rule: string, verdict: string, detail: string, remedy: string): Finding => ({
  rule,
  outcome: 'broken',
  verdict,
  detail,
  remedy,
});
export const warning = (rule: string, detail: string, remedy: string): Finding => ({
  ...{ rule, outcome: 'warning', detail, remedy },
});

/** A value as JSON, cut so that it fits into a sentence. */
export const show = (value: unknown): string =>
  value === undefined ? 'missing' : JSON.stringify(value).slice(0, 80);
