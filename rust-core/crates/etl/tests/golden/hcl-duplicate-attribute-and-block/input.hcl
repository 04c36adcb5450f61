b {
}

a = 1
b "c" {
}
