a = <<EOF
  x ${y "}"} \n
EOF
b = <<-END
    one
      two
    END
