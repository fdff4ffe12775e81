"""The design system: parts that every page is made of, and that no page re-invents.

Import the modules and call through them: `button.main(...)`, `rows.row(...)`. See README.md here.
"""
