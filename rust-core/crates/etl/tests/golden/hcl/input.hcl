database {
  host = "db"
  port = 27017
}

max_connections = 50
