/**
 * A domain of one's own in front of the API, with `domainName`, `certificateArn` and `hostedZoneId`:
 * clients embed the address, and API Gateway's own is another one for every stack. That one is
 * switched off (http-api.js), so that nobody comes to depend on it.
 */
import { readValues } from './functions.js';

export async function stack(context) {
  const { domainName, certificateArn, hostedZoneId } = await readValues(context);
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
      HttpApiDomainRecord: {
        Type: 'AWS::Route53::RecordSet',
        Properties: {
          HostedZoneId: hostedZoneId,
          Name: domainName,
          Type: 'A',
          AliasTarget: {
            DNSName: { 'Fn::GetAtt': ['HttpApiDomain', 'RegionalDomainName'] },
            HostedZoneId: { 'Fn::GetAtt': ['HttpApiDomain', 'RegionalHostedZoneId'] },
            EvaluateTargetHealth: false,
          },
        },
      },
    },
    Outputs: {
      // osls writes API Gateway's own address there.
      HttpApiUrl: { Description: 'URL of the HTTP API', Value: `https://${domainName}` },
    },
  };
}
