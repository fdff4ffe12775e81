"""`python -m portal …`: the operator's commands."""

from portal import cli

if __name__ == "__main__":
    cli.run()
