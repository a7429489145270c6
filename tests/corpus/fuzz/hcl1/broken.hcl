} ] path = { = 3 "a" : "b"
'q' ; a.b.c "d" {
