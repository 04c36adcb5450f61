region = "eu"
zones = ["a", "b"]
