/** SHA-256 in the form that the SDK's signer takes. Computes, but does no I/O. */
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import type { Checksum, SourceData } from '@smithy/types';

/** The SDK's own brings one in JavaScript, for a Node without any. */
export class Sha256 implements Checksum {
  private readonly hash: Hash | Hmac;

  /** @param secret makes it an HMAC */
  constructor(secret?: SourceData) {
    this.hash = secret ? createHmac('sha256', secret as string) : createHash('sha256');
  }

  update(data: Uint8Array): void {
    this.hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): never {
    throw new Error('The signer makes a new one each time.');
  }
}
