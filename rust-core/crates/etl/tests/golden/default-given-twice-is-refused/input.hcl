production {
  c = 3
}
default {
  a = 1
}
default {
  b = 1
}
