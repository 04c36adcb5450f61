a = <<-EOT
    x
  
    y
  EOT
b = <<-EOT
 	 
  EOT
c = <<-EOT

   z
      
  w
EOT
