/**
 * serverless plugin: takes out of the template each `DependsOn` that says what a reference in the
 * same resource says already. osls writes some of its own, and cfn-lint warns of each (W3005).
 */
export default class Dependencies {
  constructor(serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const { Resources } = serverless.service.provider.compiledCloudFormationTemplate;
        for (const resource of Object.values(Resources)) dropRedundant(resource);
      },
    };
  }
}

function dropRedundant(resource) {
  const referenced = findReferences(resource.Properties);
  const kept = [resource.DependsOn ?? []].flat().filter((id) => !referenced.has(id));
  if (kept.length > 0) resource.DependsOn = kept;
  else delete resource.DependsOn;
}

/** Logical ids behind `Ref` and `Fn::GetAtt`. */
function findReferences(value, found = new Set()) {
  if (value === null || typeof value !== 'object') return found;
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'Ref') found.add(inner);
    else if (key === 'Fn::GetAtt') found.add([inner].flat()[0]);
    else findReferences(inner, found);
  }
  return found;
}
