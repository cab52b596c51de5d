/** The public description of the project that is served. Pure: no I/O. */
import { createPublicKey } from 'node:crypto';
import { MADE_UP_CALLBACK_SECRET, type StartOptions } from './start-options.ts';

export interface DescribedProject {
  readonly kind: 'opentok' | 'vonage';
  /** API key or application id. */
  readonly id: string;
  readonly platform: 'real' | 'stand-in';
  /** Of a made-up OpenTok project, to verify its tokens. */
  readonly apiSecret?: string;
  /** Of a made-up Vonage application, in PEM form, to verify its tokens. */
  readonly publicKey?: string;
  /** Of a made-up project, to sign callbacks to `POST /callbacks`. */
  readonly callbackSecret?: string;
}

export function describeProject({
  project,
  usesRealPlatform,
}: Pick<StartOptions, 'project' | 'usesRealPlatform'>): DescribedProject {
  const platform = usesRealPlatform ? 'real' : 'stand-in';
  if ('apiSecret' in project) {
    const described = { kind: 'opentok', id: project.apiKey, platform } as const;
    return usesRealPlatform
      ? described
      : { ...described, apiSecret: project.apiSecret, callbackSecret: MADE_UP_CALLBACK_SECRET };
  }
  const described = { kind: 'vonage', id: project.applicationId, platform } as const;
  if (usesRealPlatform) return described;
  const publicKey = createPublicKey(project.privateKey).export({ type: 'spki', format: 'pem' });
  return { ...described, publicKey: publicKey.toString(), callbackSecret: MADE_UP_CALLBACK_SECRET };
}
