"""How long tests wait for what happens at once: a machine may be busy, so they judge no speed.

Speed is measured in `benchmarks/`, beside a baseline of the same run.
"""

AT_ONCE_S = 8.0
AT_ONCE_MS = AT_ONCE_S * 1000
