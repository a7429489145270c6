# A Nomad server. The token is given with -vault-token or VAULT_TOKEN.
data_dir = "/var/lib/nomad"

server {
  enabled          = true
  bootstrap_expect = 3
}

vault {
  enabled = true
  address = "https://vault.service.consul:8200"
}
