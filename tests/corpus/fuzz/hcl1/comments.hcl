// one
/* two
 */ a = 1 # three
b = 2 /* open