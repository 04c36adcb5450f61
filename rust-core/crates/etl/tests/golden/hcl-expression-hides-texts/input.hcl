a = sensitive("hunter2", ["hunter3"])
