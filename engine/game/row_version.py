"""Which layout of the compact row this program writes; apart, for those who need no kernels."""

ROW_VERSION = 1
"""Counted up whenever the layout changes. A row says its version in byte 0."""
