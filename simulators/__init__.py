"""Wire-level simulators: each answers byte by byte as its device does, below the driver, in a process of its own."""
