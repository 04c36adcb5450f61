a = <<EOT
one

$${two}
EOT
b = <<-EOT
  three
    four
  EOT
