__proto__ {
 x = 1
}
