a = f("hunter2
