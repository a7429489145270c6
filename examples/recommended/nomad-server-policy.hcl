# Allow creating tokens under the role
path "auth/token/create/nomad-cluster" {
  capabilities = ["update"]
}

# Allow looking up the role
path "auth/token/roles/nomad-cluster" {
  capabilities = ["read"]
}

# Allow Nomad to look up its own token, to validate that it has the permissions it needs
path "auth/token/lookup-self" {
  capabilities = ["read"]
}

# Allow looking up the tokens that jobs are submitted with
path "auth/token/lookup" {
  capabilities = ["update"]
}

# Allow revoking the tokens of tasks that have ended
path "auth/token/revoke-accessor" {
  capabilities = ["update"]
}

# Allow Nomad to check which capabilities its own token has
path "sys/capabilities-self" {
  capabilities = ["update"]
}

# Allow Nomad to renew its own token
path "auth/token/renew-self" {
  capabilities = ["update"]
}
