"""Who acts, what they may do, what trace it leaves."""
