production {
  a = 1
}
production {
  b = 1
}
staging {
  c = 1
}
