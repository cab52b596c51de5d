/**
 * Checks the certificate of the domain: API Gateway accepts an issued one that covers the domain only, and says
 * so after minutes. Its region is checked with the parameters.
 */

import { toTerminalText } from '../terminal-text.js';
import { look } from './look.js';

/** @param {import('./look.js').Surroundings} surroundings */
export async function findCertificateFaults({ values, config, region }) {
  const { certificateArn, domainName } = values;
  if (!certificateArn) return [];
  const { ACMClient, DescribeCertificateCommand } = await import('@aws-sdk/client-acm');
  const acm = new ACMClient(config);
  return look('The certificate', 'acm:DescribeCertificate', async () => {
    try {
      const { Certificate } = await acm.send(
        new DescribeCertificateCommand({ CertificateArn: certificateArn }),
      );
      return describeFaults(Certificate ?? {}, { certificateArn, domainName, region });
    } catch (cause) {
      if (cause.name !== 'ResourceNotFoundException') throw cause;
      return [
        `The certificate ${certificateArn} does not exist. Request one, and set certificateArn to it:`,
        `  aws acm request-certificate --region ${region} --domain-name ${domainName} --validation-method DNS`,
      ];
    }
  });
}

/** @param {import('@aws-sdk/client-acm').CertificateDetail} certificate */
function describeFaults(certificate, { certificateArn, domainName, region }) {
  const { Status, FailureReason, DomainName = '', SubjectAlternativeNames = [] } = certificate;
  const names = [...new Set([DomainName, ...SubjectAlternativeNames])];
  if (!names.some((name) => covers(name.toLowerCase(), domainName))) {
    return [
      `The certificate ${certificateArn} is for ${toTerminalText(names.join(', '))}, and not for ${domainName}. Set certificateArn to one that covers it.`,
    ];
  }
  if (Status === 'ISSUED') return [];
  if (Status === 'PENDING_VALIDATION') {
    return [
      `The certificate ${certificateArn} is not issued yet. Create the DNS records that prove the domain, and wait:`,
      `  aws acm describe-certificate --region ${region} --certificate-arn ${certificateArn} --query Certificate.DomainValidationOptions`,
      `  aws acm wait certificate-validated --region ${region} --certificate-arn ${certificateArn}`,
    ];
  }
  const reason = FailureReason ? ` (${FailureReason})` : '';
  return [
    `The certificate ${certificateArn} is ${Status}${reason} and cannot be used. Set certificateArn to another one.`,
  ];
}

/** A wildcard stands for one label (ACM user guide, "Wildcard names"). */
function covers(name, domainName) {
  if (!name.startsWith('*.')) return name === domainName;
  const [, ...parent] = domainName.split('.');
  return parent.join('.') === name.slice(2);
}
