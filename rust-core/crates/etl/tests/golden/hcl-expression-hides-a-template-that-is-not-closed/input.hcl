a = "hunter2${hunter3"
