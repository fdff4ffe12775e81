"""The edges: what speaks to other systems, each in a folder of its own."""
