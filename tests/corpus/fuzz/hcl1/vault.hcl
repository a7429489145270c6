vault {
  enabled = true
  address = "https://v:8200"
  tls_ca_file = ""
  task_token_ttl = "1h"
}
