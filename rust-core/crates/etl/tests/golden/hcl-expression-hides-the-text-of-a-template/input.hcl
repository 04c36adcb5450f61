a = "hunter2${file("S3cr3t")}hunter3"
