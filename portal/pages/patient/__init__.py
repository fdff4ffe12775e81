"""The pages of patients and of those who help them."""
