# The two core functions behind an HTTP API, from the zips of a release. See README.md.

terraform {
  # Validation of one variable may use another one since 1.9.
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

data "aws_region" "current" {}

data "aws_partition" "current" {}

locals {
  end_users_call = var.issuer != ""

  functions = {
    createSession = {
      handler = "handlers/create-session.handler"
      route   = "POST /sessions"
    }
    issueToken = {
      handler = "handlers/issue-token.handler"
      route   = "POST /sessions/{sessionId}/tokens"
    }
  }

  access_log_format = {
    time              = "$context.requestTime"
    requestId         = "$context.requestId"
    functionRequestId = "$context.integration.requestId"
    route             = "$context.routeKey"
    status            = "$context.status"
    latencyMs         = "$context.responseLatency"
    responseBytes     = "$context.responseLength"
    sourceIp          = "$context.identity.sourceIp"
    caller            = "$context.identity.userArn"
    subject           = "$context.authorizer.claims.sub"
    error             = "$context.error.message"
    authorizerError   = "$context.authorizer.error"
    integrationStatus = "$context.integration.integrationStatus"
    integrationError  = "$context.integrationErrorMessage"
  }
}

resource "aws_lambda_function" "function" {
  for_each = local.functions

  function_name    = "${var.name}-${each.key}"
  filename         = "${var.zip_folder}/${each.key}.zip"
  source_code_hash = filebase64sha256("${var.zip_folder}/${each.key}.zip")
  handler          = each.value.handler
  role             = aws_iam_role.function[each.key].arn
  runtime          = "nodejs24.x"
  architectures    = ["arm64"]
  memory_size      = 512
  timeout          = 10

  environment {
    variables = {
      AUTH                             = local.end_users_call ? "jwt" : "iam"
      ROLE_CLAIM                       = "opentok_role"
      DEFAULT_ROLE                     = "publisher"
      SECRET_ID                        = var.secret_arn
      AWS_ENDPOINT_URL_SECRETS_MANAGER = "https://secretsmanager.${data.aws_region.current.region}.${data.aws_partition.current.dns_suffix}"
    }
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.function[each.key].name
  }

  # Without its policy, a function could neither read the secret nor write its log.
  depends_on = [aws_iam_role_policy.function]
}

resource "aws_cloudwatch_log_group" "function" {
  for_each = local.functions

  name              = "/aws/lambda/${var.name}-${each.key}"
  retention_in_days = 30
}

resource "aws_iam_role" "function" {
  for_each = local.functions

  name_prefix = "${var.name}-${each.key}-"
  description = "What the function ${each.key} may do"

  assume_role_policy = data.aws_iam_policy_document.lambda.json
}

data "aws_iam_policy_document" "lambda" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "function" {
  for_each = local.functions

  name   = "own-work"
  role   = aws_iam_role.function[each.key].id
  policy = data.aws_iam_policy_document.own_work[each.key].json
}

data "aws_iam_policy_document" "own_work" {
  for_each = local.functions

  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.function[each.key].arn}:*"]
  }

  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [var.secret_arn]
  }
}

resource "aws_apigatewayv2_api" "api" {
  name            = var.name
  protocol_type   = "HTTP"
  ip_address_type = "dualstack"

  dynamic "cors_configuration" {
    for_each = local.end_users_call && length(var.cors_origins) > 0 ? [var.cors_origins] : []

    content {
      allow_origins  = cors_configuration.value
      allow_methods  = ["OPTIONS", "POST"]
      allow_headers  = ["authorization", "content-type", "if-match", "baggage", "sentry-trace", "traceparent", "tracestate", "x-amzn-trace-id"]
      expose_headers = ["date", "etag", "retry-after"]
      max_age        = 3600
    }
  }
}

resource "aws_apigatewayv2_authorizer" "end_users" {
  count = local.end_users_call ? 1 : 0

  api_id           = aws_apigatewayv2_api.api.id
  name             = "endUsers"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    issuer   = var.issuer
    audience = var.audience
  }
}

resource "aws_apigatewayv2_route" "function" {
  for_each = local.functions

  api_id             = aws_apigatewayv2_api.api.id
  route_key          = each.value.route
  authorization_type = local.end_users_call ? "JWT" : "AWS_IAM"
  authorizer_id      = one(aws_apigatewayv2_authorizer.end_users[*].id)
  target             = "integrations/${aws_apigatewayv2_integration.function[each.key].id}"
}

resource "aws_apigatewayv2_integration" "function" {
  for_each = local.functions

  api_id                 = aws_apigatewayv2_api.api.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.function[each.key].invoke_arn
  payload_format_version = "2.0"
}

resource "aws_lambda_permission" "api" {
  for_each = local.functions

  function_name = aws_lambda_function.function[each.key].function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.api.execution_arn}/*"
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.api.id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    detailed_metrics_enabled = false
    throttling_rate_limit    = 50
    throttling_burst_limit   = 100
  }

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = jsonencode(local.access_log_format)
  }
}

resource "aws_cloudwatch_log_group" "access" {
  # API Gateway adds any other group to a resource policy that has room for few.
  name              = "/aws/vendedlogs/http-api/${var.name}"
  retention_in_days = 30
}
