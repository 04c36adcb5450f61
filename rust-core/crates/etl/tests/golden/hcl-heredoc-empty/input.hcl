a = <<E
E
