"""`python -m digitpad` runs the command line from a checkout, without installing."""

from digitpad.cli import main

main()
