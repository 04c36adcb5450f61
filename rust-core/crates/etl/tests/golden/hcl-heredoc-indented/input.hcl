a {
  b = <<-END
    one
      two

    three
  END
}
