"""Customer displays of ACME for loyalty: a template for drivers in packages of their own."""
