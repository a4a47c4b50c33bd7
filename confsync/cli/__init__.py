"""The command line: `main.py` has the table of commands, each module one command or a group of them."""
