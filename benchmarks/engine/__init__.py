"""The points engine: purchases, many tills, growth, nights. `python -m benchmarks.engine --help`."""
