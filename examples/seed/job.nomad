job "web" {
  datacenters = ["dc1"]

  group "web" {
    task "server" {
      driver = "docker"

      config {
        image = "nginx:1.11"
      }

      vault {
        policies = ["web"]
      }

      template {
        data = <<EOF
{{ with secret "secret/web" }}
PASSWORD={{ .Data.password }}
{{ end }}
EOF

        destination = "secrets/web.env"
      }

      resources {
        cpu    = 500
        memory = 256
      }
    }
  }
}
