a = <<EOT
  one

  two $${x}
 EOT
b = 1
