"""What a browser may ask and see: rows, handlers, one use case per handler."""
