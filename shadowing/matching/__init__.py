"""From rows to a plan: the problem is gathered, solved in a child process, and kept on the board."""
