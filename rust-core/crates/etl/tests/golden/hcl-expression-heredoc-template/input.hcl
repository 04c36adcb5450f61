a = <<E
b ${x.y("}")} c
E
