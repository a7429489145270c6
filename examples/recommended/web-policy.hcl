# What the tasks of the job `web` may read
path "secret/data/web" {
  capabilities = ["read"]
}
