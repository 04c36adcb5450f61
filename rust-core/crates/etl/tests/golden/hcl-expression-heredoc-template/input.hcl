a = <<E
${x}
E
