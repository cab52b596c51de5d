"""MiniStack's server, where it differs from AWS in what the rehearsal checks, made to agree.

Each change names what it stands for. Everything else is MiniStack's own.
"""

from ministack.app import main
from ministack.services import apigateway


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


if __name__ == "__main__":
    read_cors_of_templates()
    main()
