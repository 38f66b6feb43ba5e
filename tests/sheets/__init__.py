"""Tests of sheets: files are made here, by the programs that people use or by hand."""
