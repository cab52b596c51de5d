/** Signing alone: `createHmac` of `node:crypto`. */
import { createHmac } from 'node:crypto';
import { apiSecret } from '../project.ts';
import type { HttpEvent } from './door.ts';
import { claimsFor } from './signing-claims.ts';

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const header = encode({ alg: 'HS256', typ: 'JWT' });

export const handler = async (event: HttpEvent) => {
  const signed = `${header}.${encode(claimsFor(event))}`;
  return `${signed}.${createHmac('sha256', apiSecret).update(signed).digest('base64url')}`;
};
