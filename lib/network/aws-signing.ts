/** Signs requests to AWS with Signature Version 4. Does no I/O: clock and environment are arguments. */
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Checksum, HttpRequest, SourceData } from '@smithy/types';
import { NoCredentials } from './aws-errors.ts';
import { parseHttpDateMs } from './http-dates.ts';

/** Region, credentials and trace of an invocation. Lambda sets them as environment variables. */
export interface AwsEnvironment {
  readonly region: string | undefined;
  readonly accessKeyId: string | undefined;
  readonly secretAccessKey: string | undefined;
  /** Required with temporary credentials, which every function has. */
  readonly sessionToken: string | undefined;
  /** X-Ray trace of the invocation. Sent along, so the service's segment becomes part of it. */
  readonly traceId: string | undefined;
}

/** What one signature depends on. */
export interface Signing {
  /** The service's name in signatures. */
  readonly service: string;
  readonly host: string;
  readonly environment: AwsEnvironment;
  readonly userAgent: string;
  /** Milliseconds since the UNIX epoch. */
  readonly nowMs: number;
}

/** @throws NoCredentials */
export async function signAwsRequest(
  request: HttpRequest,
  { service, host, environment, userAgent, nowMs }: Signing,
): Promise<HttpRequest> {
  const { region, accessKeyId, secretAccessKey, sessionToken, traceId } = environment;
  if (!region || !accessKeyId || !secretAccessKey) throw new NoCredentials();
  request.headers['host'] = host;
  request.headers['content-length'] = String(Buffer.byteLength(request.body));
  request.headers['user-agent'] = userAgent;
  if (traceId) request.headers['x-amzn-trace-id'] = traceId;
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  return signer.sign(request, { signingDate: new Date(nowMs) });
}

/** SHA-256 for the signer, by Node. The SDK's own is written in JavaScript and adds to the bundle. */
class Sha256 implements Checksum {
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
    throw new Error('Not supported: the signer creates a new hash for each signature.');
  }
}

/**
 * The time to sign with. AWS rejects a signature that is five minutes off, under several error names.
 * Lambda keeps the clocks of its machines, but does not document the clock of a container after a
 * freeze.
 */
export interface SigningClock {
  /** Milliseconds since the UNIX epoch. */
  readonly now: () => number;
  /**
   * Sets the clock by the `Date` header of an error response.
   * @returns whether the clock was far off, so that a retry can succeed
   */
  readonly correct: (date: unknown) => boolean;
}

/** Below the five minutes that AWS tolerates. */
const MAX_SKEW_MS = 4 * 60 * 1000;

export function createSigningClock(now: () => number): SigningClock {
  let offsetMs = 0;
  return {
    now: () => now() + offsetMs,
    correct: (date) => {
      const skewMs = parseHttpDateMs(date) - (now() + offsetMs);
      // Negated, so that it holds for NaN as well.
      if (!(Math.abs(skewMs) >= MAX_SKEW_MS)) return false;
      offsetMs += skewMs;
      return true;
    },
  };
}
