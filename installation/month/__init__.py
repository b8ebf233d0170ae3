"""The month: simulated days of the whole show, with a fault every hour, and what is promised asserted after each."""
