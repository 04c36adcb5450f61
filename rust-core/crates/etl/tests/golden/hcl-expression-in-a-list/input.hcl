a = [b.c, d]
