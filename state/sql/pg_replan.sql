-- Forget this connection's plans: checks of foreign keys keep theirs for as long
-- as it lives, and those made while tables were empty read all rows of a user.
DISCARD PLANS
