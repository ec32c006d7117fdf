"""A recorded trace that answers as the device did: a field trace becomes a simulator.

script: the trace as turns of host and device | player: follows a client through them and says where it leaves.
"""
