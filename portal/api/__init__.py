"""What machines and plain HTML forms call: sign-in, files, health; and the built pages."""
