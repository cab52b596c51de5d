import type { SQSClient } from '@aws-sdk/client-sqs';
import type { LossTemplate } from './losses.js';

export declare function findRedrives(
  template: LossTemplate,
): readonly { readonly from: string; readonly to: string }[];
export declare function moveMessages(options: {
  readonly sqs: SQSClient;
  readonly from: string;
  readonly to: string;
  readonly signal: AbortSignal;
  readonly onMoved: () => void;
}): Promise<void>;
