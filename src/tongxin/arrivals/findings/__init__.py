"""Findings from door to door (上门摸排): whether somebody is there, whoever told what."""
