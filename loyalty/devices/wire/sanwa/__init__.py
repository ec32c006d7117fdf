"""The command languages of Sanwa Newtec's card units: CRP-1231BR, CRP-1231LR, CR-S31R, and the older CR-1231R.

No manual is public. What is known was read off by people who keep machines running that hold such units: YACardEmu
(commit ea681359, 2025-12-30) and Flycast (core/hw/naomi/card_reader.cpp, commit 04b536a8), two programs that stand in
for a unit. Each file names what it took from them.
block: frames and link bytes | stripe, face, control: one message per command | place: where the card is | text: what
a line to print is made of | codec: bytes <-> messages | letters: the CR-1231R, which has a language of its own.
"""
