a = "hunter2" == x
