"""`loyalty demo`: a shop with a year of real purchases, a counter and simulated devices, in one command."""
