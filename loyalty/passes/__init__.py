"""Passes for the wallets of phones: what stands on them, Apple's file, Google's link, and who holds one."""
