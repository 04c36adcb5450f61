production {
  a = 1
}
default {
  a = 0
  b = 2
}
