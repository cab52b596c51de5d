/**
 * Settings of the functions and log groups that osls creates: the customer key and the VPC.
 */
import { functionNamesOf, logicalId, readValues } from './functions.js';

export async function stack(context) {
  const values = await readValues(context);
  const { dataKeyArn, vpcSubnetIds, vpcSecurityGroupIds } = values;
  const names = functionNamesOf(values);
  const ofFunction = {
    ...(dataKeyArn && { KmsKeyArn: dataKeyArn }),
    ...(vpcSubnetIds.length > 0 && {
      VpcConfig: { SubnetIds: vpcSubnetIds, SecurityGroupIds: vpcSecurityGroupIds },
    }),
  };
  const ofLogGroup = dataKeyArn ? { KmsKeyId: dataKeyArn } : {};
  return {
    extensions: {
      ...extend(
        names.map((name) => logicalId(name, 'LambdaFunction')),
        ofFunction,
      ),
      ...extend(
        [...names.map((name) => logicalId(name, 'LogGroup')), 'HttpApiLogGroup'],
        ofLogGroup,
      ),
    },
  };
}

function extend(ids, properties) {
  if (Object.keys(properties).length === 0) return {};
  return Object.fromEntries(ids.map((id) => [id, { Properties: properties }]));
}
