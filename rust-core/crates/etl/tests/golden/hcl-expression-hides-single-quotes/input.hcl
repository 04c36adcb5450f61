a = 'hunter2'
