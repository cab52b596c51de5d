/**
 * Secrets Manager and the platform, in a process of their own, so that they share no event loop
 * with what is measured. TLS, with answers at once. Talks to the benchmark over IPC: sends where it
 * listens, and for every message what it has counted.
 */
import { generateKeyPairSync } from 'node:crypto';
import { answerInJson, refuseInJson } from '../../stand-ins/platform-answers.ts';
import { startSecretsManager } from '../../stand-ins/secrets-manager.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { startStandIn } from '../../stand-ins/stand-in.ts';
import { apiKey, apiSecret, applicationId } from './project.ts';
import { verifyHs256 } from './verify.ts';

export interface StandInsReady {
  readonly secretsManagerUrl: string;
  readonly platformUrl: string;
  readonly publicKey: string;
}

export interface StandInCounts {
  readonly secretReads: number;
  readonly platformConnections: number;
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

const secretsManager = await startSecretsManager({
  tls: true,
  secrets: {
    opentok: JSON.stringify({ apiKey, apiSecret }),
    vonage: JSON.stringify({ applicationId, privateKey }),
  },
});

// The stand-in of the tests refuses the vendor's SDK, whose project tokens have no `jti`; the
// platform takes them.
const platform = await startStandIn({
  tls: true,
  read: (request) => request,
  answer: ({ headers }) => {
    try {
      verifyHs256(String(headers['x-opentok-auth']));
    } catch {
      return refuseInJson({ status: 403, message: 'Invalid signature' });
    }
    const sessionId = mintSessionId({ projectId: apiKey });
    return answerInJson({ sessionId, projectId: apiKey, createdAtMs: Date.now() });
  },
});

process.on('message', () => {
  process.send?.({
    secretReads: secretsManager.counts.requests,
    platformConnections: platform.counts.connections,
  } satisfies StandInCounts);
});
process.on('disconnect', () => process.exit());
process.send?.({
  secretsManagerUrl: secretsManager.url,
  platformUrl: platform.url,
  publicKey,
} satisfies StandInsReady);
