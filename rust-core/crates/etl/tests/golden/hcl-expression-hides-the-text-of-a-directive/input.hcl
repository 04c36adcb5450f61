a = "hunter2%{ if x }hunter3%{ endif }"
