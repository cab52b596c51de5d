/** What a rule says of a token, and the words that all rules share. Pure. */
import type { Token } from '../../../lib/domain/decode-token.ts';
import type { Signature } from '../../../lib/domain/token-signature.ts';

export interface Finding {
  readonly rule: string;
  /** `warning`: the platform was seen to accept it, or is not known to refuse it. */
  readonly outcome: 'kept' | 'broken' | 'warning';
  readonly detail: string;
  /** What to do about a rule that is not kept. */
  readonly remedy?: string;
}

export interface Circumstances {
  readonly nowSeconds: number;
  /** The project that tokens are to be of; `undefined` for any. */
  readonly project?: { readonly kind: 'opentok' | 'vonage'; readonly id: string } | undefined;
  /** What the project's secret says of the signature; `undefined` where it was not asked. */
  readonly signature?: Signature | undefined;
}

export type Rule = (token: Token, circumstances: Circumstances) => Finding | undefined;

export const kept = (rule: string, detail: string): Finding => ({ rule, outcome: 'kept', detail });
export const broken = (rule: string, detail: string, remedy: string): Finding => ({
  ...{ rule, outcome: 'broken', detail, remedy },
});
export const warning = (rule: string, detail: string, remedy: string): Finding => ({
  ...{ rule, outcome: 'warning', detail, remedy },
});

export const show = (value: unknown): string =>
  value === undefined ? 'missing' : JSON.stringify(value).slice(0, 80);
