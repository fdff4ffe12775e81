"""What several tests need: reading the source, a running server, the shared records."""
