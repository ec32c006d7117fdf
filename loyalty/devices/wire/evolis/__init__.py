"""The command language of Evolis card printers: Dualys 2003 to Primacy 2.

Messages: commands, planes, tags. Decoder: host to printer, any pieces in, whole messages out. Replies: texts, ACK and
NACK; status: the binary words behind a text, their bits by name in flags. Raster: a picture as planes hold it. Job:
print streams, as the vendor's library and driver write them. Stripe: what a track can hold.
"""
