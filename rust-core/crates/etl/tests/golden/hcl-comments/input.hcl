# one
// two
/* three
 */ a = 1 # four
b = /* five */ 2 // six
c = [ # seven
 1, // eight
]
