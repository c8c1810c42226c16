"""The real robot: an Adeept RaspTank.

Light to import: the guardian's process lives on this and the standard library.
"""
