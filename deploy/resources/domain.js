/**
 * A custom domain for the API, with `domainName` and `certificateArn`: clients embed the address, and API
 * Gateway's own differs for every stack. The own address is switched off (http-api.js), so that no client
 * comes to depend on it. With `hostedZoneId`, the stack also creates the DNS records.
 */
import { readValues } from './functions.js';

/** Logical ids of the records by type. */
const records = { A: 'HttpApiDomainRecord', AAAA: 'HttpApiDomainRecordV6' };

export async function stack(context) {
  const values = await readValues(context);
  const { domainName, certificateArn, hostedZoneId } = values;
  if (!domainName) return {};
  return {
    Resources: {
      HttpApiDomain: {
        Type: 'AWS::ApiGatewayV2::DomainName',
        Properties: {
          DomainName: domainName,
          DomainNameConfigurations: [
            {
              CertificateArn: certificateArn,
              EndpointType: 'REGIONAL',
              IpAddressType: 'dualstack',
              SecurityPolicy: 'TLS_1_2',
            },
          ],
        },
      },
      HttpApiDomainMapping: {
        Type: 'AWS::ApiGatewayV2::ApiMapping',
        Properties: {
          ApiId: { Ref: 'HttpApi' },
          DomainName: { Ref: 'HttpApiDomain' },
          Stage: { Ref: 'HttpApiStage' },
        },
      },
      ...(hostedZoneId &&
        Object.fromEntries(
          Object.entries(records).map(([type, id]) => [id, buildRecord(type, values)]),
        )),
    },
    Outputs: {
      // Replaces API Gateway's own address, which osls writes there.
      HttpApiUrl: { Description: 'URL of the HTTP API', Value: `https://${domainName}` },
      DomainTarget: {
        Description: 'Host name that the DNS records of the domain point to (A and AAAA, or CNAME)',
        Value: target.DNSName,
      },
      DomainTargetZone: {
        Description: 'Hosted zone of that host name, for alias records in Route 53',
        Value: target.HostedZoneId,
      },
    },
  };
}

const target = {
  DNSName: { 'Fn::GetAtt': ['HttpApiDomain', 'RegionalDomainName'] },
  HostedZoneId: { 'Fn::GetAtt': ['HttpApiDomain', 'RegionalHostedZoneId'] },
};

function buildRecord(Type, { domainName, hostedZoneId, dnsFailover, healthCheckId }) {
  return {
    Type: 'AWS::Route53::RecordSet',
    Properties: {
      HostedZoneId: hostedZoneId,
      Name: domainName,
      Type,
      AliasTarget: { ...target, EvaluateTargetHealth: false },
      ...(dnsFailover && {
        Failover: dnsFailover.toUpperCase(),
        // Unique among the records of the name.
        SetIdentifier: { 'Fn::Sub': `\${AWS::StackName}.\${AWS::Region}` },
        ...(healthCheckId && { HealthCheckId: healthCheckId }),
      }),
    },
  };
}
