a = f("hunter2${g({hunter3")
