path "a" {
  capabilities = ["read"]
}
x = 1y = 2