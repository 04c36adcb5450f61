a = <<-EOT
 	x
 y
 EOT
b = <<EOT
x
EOT 
