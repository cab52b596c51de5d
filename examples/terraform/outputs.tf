output "api_url" {
  description = "Base URL of the API."
  value       = aws_apigatewayv2_api.api.api_endpoint
}
