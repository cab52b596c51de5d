"""Moto's server, where it is kinder or stricter than AWS or knows less, made to agree with AWS.

Each change names what it stands for. Everything else is moto's own; arguments are those of
`python -m moto.server`.
"""

from moto.awslambda.models import LambdaFunction
from moto.cloudformation import models
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.cloudformation.parsing import ResourceMap
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import iso_8601_datetime_with_nanoseconds
from moto.dynamodb.models.table import Table
from moto.logs.models import LogGroup
from moto.server import main


def advance_last_modified():
    """Lambda's LastModified is the last change of code or configuration; moto's stays."""
    for name in ["update_configuration", "update_function_code"]:
        original = getattr(LambdaFunction, name)

        def update(self, *args, _original=original, **kwargs):
            result = _original(self, *args, **kwargs)
            self.last_modified = iso_8601_datetime_with_nanoseconds()
            return result

        setattr(LambdaFunction, name, update)


def change_tables_in_place():
    """A table's protection and a log group's retention change in place; moto loses the resource."""

    def update_table(
        cls, original_resource, new_resource_name, cloudformation_json, *args, **kwargs
    ):
        properties = cloudformation_json["Properties"]
        protected = properties.get("DeletionProtectionEnabled", False)
        original_resource.deletion_protection_enabled = protected
        return original_resource

    def update_log_group(
        cls, original_resource, new_resource_name, cloudformation_json, *args, **kwargs
    ):
        properties = cloudformation_json["Properties"]
        original_resource.set_retention_policy(properties.get("RetentionInDays"))
        return original_resource

    Table.update_from_cloudformation_json = classmethod(update_table)
    LogGroup.update_from_cloudformation_json = classmethod(update_log_group)


def forget_removed_resources():
    """Forgets resources that an update removes. Otherwise moto does not create them again when a later
    update adds them."""
    original = ResourceMap.update

    def update(self, template, parameters=None):
        removed = self.build_resource_diff(template, parameters)["Remove"]
        original(self, template, parameters)
        for name in removed:
            self._parsed_resources.pop(name, None)

    ResourceMap.update = update


def validate_errors_only():
    """ValidateTemplate rejects errors. Moto runs cfn-lint and rejects its warnings too, such as a DependsOn
    that a reference implies (W3005), which osls writes."""
    original = CloudFormationBackend.validate_template

    def validate_template(self, template):
        return [match for match in original(self, template) if match.rule.id.startswith("E")]

    CloudFormationBackend.validate_template = validate_template


def protect_stacks():
    """UpdateTerminationProtection, which moto does not know, and what it means for DeleteStack."""

    def update_termination_protection(self):
        stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
        stack.enable_termination_protection = self._get_bool_param(
            "EnableTerminationProtection"
        )
        return ActionResult({"StackId": stack.stack_id})

    def delete_stack(self):
        name = self._get_param("StackName")
        for stack in self.cloudformation_backend.stacks.values():
            if stack.name == name and stack.enable_termination_protection:
                raise ValidationError(
                    message=f"Stack [{name}] cannot be deleted while TerminationProtection is enabled"
                )
        self.cloudformation_backend.delete_stack(name)
        return EmptyResult()

    CloudFormationResponse.update_termination_protection = update_termination_protection
    CloudFormationResponse.delete_stack = delete_stack


def roll_back_failed_updates():
    """A failed update goes back to what was: the new resources are deleted, those that cannot be
    deleted are left behind, and GetTemplate gives the old template. Moto answers with a 500."""
    original = Stack.update

    def update(self, template, *args, **kwargs):
        before, before_ids = self.template, set(self.resource_map._resource_json_map)
        try:
            original(self, template, *args, **kwargs)
        except Exception as cause:
            self._add_stack_event("UPDATE_ROLLBACK_IN_PROGRESS", str(cause))
            resources = self.resource_map
            for name in set(resources._resource_json_map) - before_ids:
                made = resources._parsed_resources.pop(name, None)
                try:
                    if made is not None:
                        resources._delete_resource(
                            made, resources._resource_json_map[name]
                        )
                except Exception:
                    pass
            self.template = before
            self._parse_template()
            resources._resource_json_map = self.template_dict["Resources"]
            resources._template = self.template_dict
            self.output_map = self._create_output_map()
            self._add_stack_event("UPDATE_ROLLBACK_COMPLETE")
            self.status = "UPDATE_ROLLBACK_COMPLETE"

    Stack.update = update


def validate_as_cloudformation_does():
    """ValidateTemplate finds errors; moto also rejects for warnings of cfn-lint, which lint:stack reports."""
    original = models.validate_template_cfn_lint

    def validate(template):
        return [found for found in original(template) if found.rule.severity == "error"]

    models.validate_template_cfn_lint = validate


if __name__ == "__main__":
    validate_as_cloudformation_does()
    advance_last_modified()
    change_tables_in_place()
    forget_removed_resources()
    validate_errors_only()
    protect_stacks()
    roll_back_failed_updates()
    main()
