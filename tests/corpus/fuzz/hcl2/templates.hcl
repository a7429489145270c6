a = "x-${upper(var.a)}-%{ if b }c%{ else }d%{ endif }"
b = "$${literal} %%{x}"
