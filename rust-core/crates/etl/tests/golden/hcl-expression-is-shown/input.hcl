a = var.region # why
