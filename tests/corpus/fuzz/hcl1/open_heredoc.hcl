a = <<EOF
  text
 EOF