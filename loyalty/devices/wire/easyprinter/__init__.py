"""The command language of the ANA-U EasyPrinter S3: no frames, no lengths, no checks, and few answers.

Messages: what a host says. Decoder: host to printer, any pieces in, whole messages out. Replies: the few answers, each
to be read as what was asked. Geometry: dots of a face as positions on the wire. Document: faces and elements as
messages.
"""
