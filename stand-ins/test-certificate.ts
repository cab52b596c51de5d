/**
 * The certificate that stand-ins use over TLS: self-signed, for localhost, 127.0.0.1 and ::1, valid
 * until 2120. Its key is public, so nothing but tests and benchmarks on one machine may trust it.
 *
 * A client trusts it with `ca: testCertificate.cert`, a process with
 * `NODE_EXTRA_CA_CERTS=<testCertificatePath>`.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const read = (file: string) => readFileSync(new URL(`./tls/${file}`, import.meta.url), 'utf8');

/** Key and certificate, PEM, in the names that `node:tls` takes. */
export const testCertificate = {
  key: read('test-key.pem'),
  cert: read('test-certificate.pem'),
} as const;

/** Where the certificate lies, for `NODE_EXTRA_CA_CERTS`. */
export const testCertificatePath = fileURLToPath(
  new URL('./tls/test-certificate.pem', import.meta.url),
);
