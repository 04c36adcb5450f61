a "__proto__" {
 x = 1
}
