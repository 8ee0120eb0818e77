"""`python -m aantoonbaar_client`, the same as the command `aantoonbaar`."""

from aantoonbaar_client.commands import main

main()
