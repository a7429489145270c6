job "web" {
  datacenters = ["dc1"]

  group "web" {
    task "server" {
      driver = "docker"

      config {
        image = "nginx:1.25"
      }

      vault {
        policies = ["web"]
      }

      template {
        data = <<EOF
{{ with secret "secret/data/web" -}}
PASSWORD={{ .Data.data.password }}
{{- end }}
EOF

        destination = "${NOMAD_SECRETS_DIR}/web.env"
        env         = true
      }

      resources {
        cpu    = 500
        memory = 256
      }
    }
  }
}
