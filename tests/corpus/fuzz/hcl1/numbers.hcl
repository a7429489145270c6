a = 010
b = 0x1F
c = 1e5
d = .5
e = -3
f = 08
g = 5.
