providers = {
  aws.west = "x"
}
