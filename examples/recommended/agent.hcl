# A Nomad server. Its token comes from the environment: VAULT_TOKEN, from
#   vault token create -policy nomad-server -period 72h -orphan
data_dir = "/var/lib/nomad"

server {
  enabled          = true
  bootstrap_expect = 3
}

vault {
  enabled               = true
  address               = "https://vault.service.consul:8200"
  create_from_role      = "nomad-cluster"
  allow_unauthenticated = false
}
