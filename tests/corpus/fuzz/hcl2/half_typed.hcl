job "j" {
  group "g" {
    task "t" {
      vault {
        policies = ["a
      }
    }
  }
}
