path "a" {
  capabilities = ["read"]
}
path "sec

path "b" {
  capabilities = [
}
path "c" {}
