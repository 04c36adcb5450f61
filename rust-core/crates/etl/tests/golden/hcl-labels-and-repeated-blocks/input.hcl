resource "aws" "a" {
  x = 1
}
resource "aws" "b" { x = 2 }
resource gcp "c" {}
rule "r" { y = 1 }
rule "r" { y = 2 }
