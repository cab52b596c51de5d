"""MiniStack's server, where it differs from AWS in what the rehearsal checks, made to agree.

Each change names what it stands for. Everything else is MiniStack's own.
"""

import json

from ministack.app import main
from ministack.core import iam_actions
from ministack.core.responses import get_region
from ministack.services import apigateway
from ministack.services.cloudformation import provisioners


def read_cors_of_templates():
    """CORS from a template: its keys begin with a capital letter, and MiniStack reads those of the API."""
    for name in ["_cors_response_headers", "_cors_preflight_response"]:
        original = getattr(apigateway, name)

        def respond(configuration, origin, _original=original):
            renamed = {
                key[0].lower() + key[1:]: value
                for key, value in (configuration or {}).items()
            }
            return _original(renamed, origin)

        setattr(apigateway, name, respond)


def generate_names_per_region():
    """CloudFormation's generated names are random. MiniStack derives them from the names of stack and resource, so
    that the roles of two regions would be one."""
    original = provisioners._physical_name
    seed = provisioners._NAME_SEED

    def generate(*args, **options):
        token = seed.set(seed.get() + get_region())
        try:
            return original(*args, **options)
        finally:
            seed.reset(token)

    provisioners._physical_name = generate


def authorize_buses_by_their_arns():
    """DescribeEventBus concerns an event bus (Service Authorization Reference). MiniStack takes its name for that of
    a rule."""
    original = iam_actions.extract_resource_arn

    def extract(service, method, path, headers, body, query_params, region, account_id):
        found = original(service, method, path, headers, body, query_params, region, account_id)
        target = str((headers or {}).get("x-amz-target", ""))
        if service != "events" or not target.endswith(".DescribeEventBus"):
            return found
        name = json.loads(body or b"{}").get("Name", "default")
        return name if name.startswith("arn:") else f"arn:aws:events:{region}:{account_id}:event-bus/{name}"

    iam_actions.extract_resource_arn = extract


if __name__ == "__main__":
    read_cors_of_templates()
    authorize_buses_by_their_arns()
    generate_names_per_region()
    main()
