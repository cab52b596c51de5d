/**
 * With `callerAccounts`: a role that principals of other accounts assume to call the API. IAM
 * authorization of an HTTP API knows no resource policy, so a caller needs credentials of this account.
 * Source: API Gateway Developer Guide, "Control access to HTTP APIs with IAM authorization".
 */
import { arnOf, readValues } from './functions.js';
import { roleLimits } from './roles.js';

export async function stack(context) {
  const values = await readValues(context);
  const { callerAccounts } = values;
  if (callerAccounts.length === 0) return {};
  const invoke = `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${HttpApi}/$default/*`;
  return {
    Resources: {
      CallerRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          Description: 'Calls the HTTP API, for principals of other accounts',
          ...roleLimits(values),
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: {
                  AWS: callerAccounts.map((account) => ({
                    'Fn::Sub': `arn:\${AWS::Partition}:iam::${account}:root`,
                  })),
                },
                Action: 'sts:AssumeRole',
              },
            ],
          },
          Policies: [
            {
              PolicyName: 'call-api',
              PolicyDocument: {
                Version: '2012-10-17',
                Statement: [
                  {
                    Effect: 'Allow',
                    Action: 'execute-api:Invoke',
                    Resource: { 'Fn::Sub': invoke },
                  },
                ],
              },
            },
          ],
        },
      },
    },
    Outputs: {
      CallerRoleArn: {
        Description: 'Role that principals of callerAccounts assume to call the API',
        Value: arnOf('CallerRole'),
      },
    },
  };
}
