"""Tongxin: a township prevents and controls an epidemic together with its people."""

__version__ = "0.1.0"
