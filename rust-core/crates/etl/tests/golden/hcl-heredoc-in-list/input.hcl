a = [<<E
x
E
, "y"]
