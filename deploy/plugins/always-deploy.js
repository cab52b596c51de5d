/**
 * serverless plugin: makes `serverless deploy` always deploy.
 *
 * osls (4.3.1, lib/plugins/aws/deploy/lib/check-for-changes.js) skips a deployment if its hashes equal
 * those of the newest folder in the deployment bucket. After a rollback, or after a function was
 * deployed alone, that folder is not what runs, and the old code would stay live with "No changes".
 * osls's own option `--force` skips that comparison.
 */
export default class AlwaysDeploy {
  constructor(_serverless, options) {
    this.hooks = {
      'before:deploy:deploy': () => {
        options.force = true;
      },
    };
  }
}
