a = <<-EOT
    ${x}
  EOT
b = <<EOT
EOT
c = f(<<EOT
x
EOT
)
