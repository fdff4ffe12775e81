"""Pages that are open to all: they show nothing of anybody's."""
