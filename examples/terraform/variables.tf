variable "secret_arn" {
  type        = string
  description = "ARN of the secret in Secrets Manager that holds the project's credentials."

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+-[A-Za-z0-9]{6}$", var.secret_arn))
    error_message = "Give the complete ARN of the secret, with the six characters at its end."
  }
}

variable "zip_folder" {
  type        = string
  description = "Folder with createSession.zip and issueToken.zip of a release."
  default     = "."
}

variable "name" {
  type        = string
  description = "Prefix of the names of all resources."
  default     = "opentok-sessions"
}

variable "issuer" {
  type        = string
  description = "Issuer of the end users' tokens. Without it, callers sign requests with IAM."
  default     = ""
}

variable "audience" {
  type        = list(string)
  description = "With issuer, the client ids that tokens may be for."
  default     = []

  validation {
    condition     = var.issuer == "" || length(var.audience) > 0
    error_message = "With issuer, give the client ids that tokens may be for."
  }
}

variable "cors_origins" {
  type        = list(string)
  description = "With issuer, the origins of the pages that may call, such as https://app.example.com."
  default     = []
}
