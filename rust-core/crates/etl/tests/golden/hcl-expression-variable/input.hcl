a = 1
b = var.region
