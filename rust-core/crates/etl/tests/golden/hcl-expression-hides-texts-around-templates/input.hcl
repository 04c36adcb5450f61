a = f("é\"hunter2${g("hunter3", x)}hunter4", "")
