a = <<E
x ${hunter3
E
