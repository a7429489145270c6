job "j" {
  datacenters = ["dc1"]
  group "g" {
    task "t" {
      driver = "docker"
      vault {
        policies = ["a", "b"]
        change_mode = "signal"
        change_signal = "SIGHUP"
      }
      template {
        data = <<EOH
{{ with secret "database/creds/a" }}{{ .Data.username }}{{ end }}
EOH
        destination = "secrets/a.env"
        env = true
      }
    }
  }
}
