"""Baselines, written plainly and never slowed down."""
