"""What the tests of the jobs share: tasks that misbehave, real servers, conditions to wait for."""
