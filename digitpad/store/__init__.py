"""What is kept: people's corrections, who they are, and versions of the model.

Each function does its work in one transaction of a `Database`.
"""

from digitpad.store.database import Database

__all__ = ["Database"]
