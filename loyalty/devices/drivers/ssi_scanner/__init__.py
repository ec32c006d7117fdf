"""Zebra, Symbol and Motorola scanners in SSI mode: every packet has a checksum and is acknowledged.

==================  =======  ==================================================================
function            support  remarks
==================  =======  ==================================================================
codes               yes      one packet or several; acknowledged at once, repetitions dropped
symbology           yes      from the code type; see SsiScanner.last
GS1                 yes      member numbers and coupons, where the code type says GS1
state               yes      the scanner is asked for its revision
beep, on and off    yes
settings            yes      until the next power cycle; permanent ones are left to the maker's sheet
pictures            no
==================  =======  ==================================================================

Not for use from several threads at once.
"""

from loyalty.devices.drivers.ssi_scanner.scanner import SsiScanner, open_driver

__all__ = ["SsiScanner", "open_driver"]
