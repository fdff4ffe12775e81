"""Letters as tagged PDF (PDF/UA-1), made on this machine by typst.

A template is a file of the project; what is put in comes as data and is never pasted into its
source, so that a name cannot become a command. Nothing is fetched and nothing is written.
"""

from portal.integrations.pdf.making import DOES_NOT_FIT, TEMPLATES, Sheet, make

__all__ = ["DOES_NOT_FIT", "TEMPLATES", "Sheet", "make"]
