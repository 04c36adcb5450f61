a = 'abc\'hunter2'
