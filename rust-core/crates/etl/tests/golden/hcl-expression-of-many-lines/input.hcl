a = merge(
  b,
)
