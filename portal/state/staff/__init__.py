"""What the staff's pages may ask and show."""
