# tokens
path "auth/token/create/nomad-server" {
  capabilities = ["create", "update"]
}

path "secret/*" { policy = "write" }
