"""The command language of the Star TCP300, TCP310 and TCP300II visual card units.

Source: Star Micronics command specifications of 2003 and 2005; each file names its section and pages.
block: what a block is | stripe, face, control: one message per command | codec: bytes <-> messages.
"""
