a = 1 + 2 * (3 - -4) == 5 && !b || c ? d : e
f = g[0].h.*.i[*]
j = [for k, v in l : upper(k) => v if v != ""]
m = {for k in n : k => k...}
