variable "p" {
  type = list(string)
  default = ["a"]
}
locals {
  all = concat(var.p, ["b"])
}
job "j" {
  group "g" {
    task "t" {
      vault {
        policies = local.all
      }
    }
  }
}
