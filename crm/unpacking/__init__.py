"""Reads one sheet of a workbook in a process of its own, which may die without hurting the one that asked.

A workbook can make a native parser abort, loop or ask for a terabyte; here it meets the limits of this process
instead. `crm.reading.workbook` starts it. Nothing here imports Django or the rest of the project: it starts fast, and
holds no secret.
"""
