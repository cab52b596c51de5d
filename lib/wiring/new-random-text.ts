/** Randomness for secrets and ids, from the cryptographic source of the platform. */
import { randomBytes } from 'node:crypto';
import type { RandomText } from '../rooms/domain/invite-secret.ts';

export const newRandomText: RandomText = (bytes) => randomBytes(bytes).toString('base64url');
