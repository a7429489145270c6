job "j" {
  dynamic "group" {
    for_each = ["a"]
    labels = [group.value]
    content {
      count = 1
    }
  }
}
