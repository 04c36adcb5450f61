a = f( # hunter2
  1)
