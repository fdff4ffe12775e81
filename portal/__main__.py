"""`python -m portal …`: the operator's commands."""

import gc

# A start makes some hundred thousand objects that stay. Counting through them again and again, as
# Python does after each 700 new ones, is a third of the time that it takes.
gc.set_threshold(50_000, 20, 20)

if __name__ == "__main__":
    from portal import cli

    cli.run()
