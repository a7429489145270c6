path "a"
{
  capabilities =
  ["read"]
}
path
"b" {}
