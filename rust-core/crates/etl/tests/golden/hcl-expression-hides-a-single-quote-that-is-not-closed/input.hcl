a = it's hunter2
